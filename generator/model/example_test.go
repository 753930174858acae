package model_test

import (
	"fmt"

	"stillsuit.dev/generator/model"
)

// The values that a cluster gives to parameters of policies, as CEL.
func Example() {
	fmt.Println(model.CELList([]string{"home.example", "it's.example"}))

	from, to, err := model.Range("192.168.1.240-192.168.1.250")
	fmt.Println(from, to, err)
	// Output:
	// ['home.example', 'it\'s.example']
	// 192.168.1.240 192.168.1.250 <nil>
}
