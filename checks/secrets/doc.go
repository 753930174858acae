// Package secrets checks that something makes each Secret that is read.
//
// A pod whose Secret does not exist does not start, and a chart whose values come from one
// is not installed. The check lists the Secrets that pods, releases and other objects read,
// and those that the tree makes: Secrets, encrypted by SOPS or not, and objects that a
// controller makes Secrets from, such as an ExternalSecret, a SealedSecret or a Certificate.
//
// In a cluster, a catalogue entry that names a Secret which nothing makes is an error on the
// user's line, with the file and the keys to write. It is a note where a chart, a controller
// or a program with rights may make the Secret, and where the user names it: a name that is
// no file says that something else makes it. Nothing is reported where
// cluster.secrets.outside says who does.
// In a tree that no CUE produced it is always a note, since anybody may have made the Secret
// by hand.
//
// A Secret whose values stand in the tree in plain text is reported there too; in a cluster
// the rendering refuses it.
//
// It also reports a key that a pod reads and that its Secret, which is in the tree, does not
// have.
package secrets
