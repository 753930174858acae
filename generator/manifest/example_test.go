package manifest_test

import (
	"fmt"
	"log"

	corev1 "k8s.io/api/core/v1"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"stillsuit.dev/generator/manifest"
)

// An object as it is written: sorted keys, and nothing that is empty.
func Example() {
	o := &manifest.Object{
		ID: manifest.ID{Kind: "ServiceAccount", Namespace: "home", Name: "web"}, APIVersion: "v1",
		Value: &corev1.ServiceAccount{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
			ObjectMeta: metav1.ObjectMeta{Namespace: "home", Name: "web"},
		},
	}
	text, err := o.YAML()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(o.DisplayName())
	fmt.Print(string(text))
	// Output:
	// ServiceAccount home/web
	// apiVersion: v1
	// kind: ServiceAccount
	// metadata:
	//   name: web
	//   namespace: home
}
