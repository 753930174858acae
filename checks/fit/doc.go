// Package fit tells whether everything runs: on these nodes, under the ceilings, and
// when a node is lost.
//
// It makes the pods that the objects ask for, as the API server and the controllers
// would, and places them as kube-scheduler does: in the order in which Flux applies
// the units, and in many random orders besides, since arrival and ties vary. It says
// which pods stay pending and why, and whether any placement holds all of them.
//
// From the placement follow the sums of each node and of each ceiling; what is taken
// for a while, when units roll together and CronJobs meet; and what happens when a
// node, or a board with its nodes, is gone: which pods move, which cannot, who loses
// what by the declared connections, and whether alerts are still raised.
//
// What a chart's pods ask for is told by its footprint, since charts are rendered in
// the cluster. Nodes of K3s offer all that they have to pods, though the system takes
// a part; cluster.kubernetes.reserved says that the kubelets were told.
package fit
