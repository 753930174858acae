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
//
// A check goes through these phases (guards.run and judge). Each is given what the ones
// before it found out, as values that it does not change, and what it finds out is a part
// of the Report:
//
//  1. requested.go: what is to be placed. leftout.go leaves out what the API server
//     refuses, and what the nodes could never hold.
//  2. machine.go, readstorage.go, facts.go: the nodes, and what else kube-scheduler knows.
//  3. plan.go: pods and nodes made ready to be placed, with pod.go and storage.go; place.go
//     lets pods come in an order.
//  4. nominal.go: what runs where in the order of Flux. orders.go: in random orders.
//     packing.go: whether any placement holds all.
//  5. waiting.go: the pods that find no node; refusal.go words why.
//  6. suggest.go: the smallest of the changes of change.go with which all fit.
//  7. nodes.go, disks.go, ceilings.go: sums.
//  8. peaks.go, updates.go: what is taken for a while. drain.go: budgets that hold up drains.
//  9. loss.go: each node and board taken away. uses.go and alerting.go say who needs whom,
//     and weak.go ranks the single points of failure.
//  10. worst.go: the facts to look at first. text.go writes the report.
package fit
