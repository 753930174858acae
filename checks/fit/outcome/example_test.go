package outcome_test

import (
	"log"
	"os"

	"stillsuit.dev/checks/fit/outcome"
)

// Two nodes, of which one can be lost.
func Example() {
	const gi = 1 << 30
	r := &outcome.Report{
		Cluster: "attic",
		Nodes: []outcome.Node{
			{Name: "pi1", Arch: "arm64", Capacity: 8 * gi, Allocatable: 8 * gi, Requests: 2 * gi, Limits: 4 * gi, CPU: 500, Cores: 4000, Pods: []string{"Deployment web"}},
			{Name: "pi2", Arch: "arm64", Capacity: 8 * gi, Allocatable: 8 * gi, Cores: 4000},
		},
		Peaks:  outcome.Peaks{Requests: 2 * gi},
		Orders: outcome.Orders{Tried: 1000, Packing: outcome.PackingExists},
		Losses: []outcome.Loss{
			{What: "node pi1", Moves: map[string]string{"Deployment web": "pi2"}, Alerting: outcome.AlertingUnknown},
			{What: "node pi2", Alerting: outcome.AlertingUnknown},
		},
	}
	if err := r.WriteText(os.Stdout, outcome.Form{ASCII: true}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// attic fits. Peak 2Gi of 16Gi.
	//
	// NODE   ARCH    MEMORY REQUESTED                   CPU   LIMITS   PODS   FREE
	// pi1    arm64   #####...............   2 / 8Gi     12%      50%      1    6Gi
	// pi2    arm64   ....................   0Mi / 8Gi    0%       0%      0    8Gi
	//
	// Room for the next pod: 8Gi (pi2).
	// Order does not matter: every pod found a node in 1000 of 1000 orders.
	//
	// IF IT FAILS   MOVE   DOWN   NO ROOM   ALERTS    YOU LOSE
	// pi1              1      0         0   unknown   nothing
	// pi2              0      0         0   unknown   nothing
}
