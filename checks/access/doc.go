// Package access checks that nobody with a boundary has rights that leave it, and that roles
// name resources and verbs that there are.
//
// A boundary, of an app or of an entry of rbac, lists the only namespaces in which
// somebody may have rights. Grants are read from the finished objects, so that raw objects
// and patches count as much as what is declared, whoever the binding names: the account, a
// user by its name, or a group that the API server puts them into.
//
// It reports a right outside of the boundary; a right inside of it that leads out, through
// the API server (roles, tokens, quotas), or through a controller that acts for whoever
// writes its kind (Flux, K3s, Traefik, cert-manager); a namespace in which pods of theirs
// could use the account or the Secrets of others; and rights that are not in the tree, and
// so cannot be judged. `stillsuit render` asks it before it writes.
package access
