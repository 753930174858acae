package scheduler_test

import (
	"fmt"
	"log"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"stillsuit.dev/placement/scheduler"
)

// list is an amount of memory, and room for pods.
func list(memory string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceMemory: resource.MustParse(memory), corev1.ResourcePods: resource.MustParse("110")}
}

// The second of two pods stays pending: the node is full.
func Example() {
	s, err := scheduler.New(&scheduler.Cluster{Nodes: []*corev1.Node{{
		ObjectMeta: metav1.ObjectMeta{Name: "pi"}, Status: corev1.NodeStatus{Allocatable: list("1Gi")},
	}}})
	if err != nil {
		log.Fatal(err)
	}
	state := s.State()
	for _, name := range []string{"first", "second"} {
		spec := corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("700Mi")}}}}}
		pod, err := s.Pod(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "home", Name: name}, Spec: spec}, nil)
		if err != nil {
			log.Fatal(err)
		}
		where := state.Place(pod, func(int) int { return 0 })
		fmt.Printf("%s: %q %v\n", name, where.Node, where.Best)
	}
	// Output:
	// first: "pi" [pi]
	// second: "" []
}
