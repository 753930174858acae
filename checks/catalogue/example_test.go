package catalogue_test

import (
	"fmt"
	"log"

	"stillsuit.dev/checks"
	"stillsuit.dev/checks/catalogue"
	"stillsuit.dev/finding"
	"stillsuit.dev/generator/model"
	"stillsuit.dev/inventory"
)

// nowhere finds no line.
type nowhere struct{}

func (nowhere) Locate(inventory.Spot) (finding.Place, string) { return finding.Place{}, "" }

// An app takes an entry, and does not give the address that the entry needs.
func Example() {
	subject := &inventory.Subject{Places: nowhere{}, Cluster: &model.Cluster{}, Apps: map[string]*model.App{
		"mcp": {From: "home-assistant-mcp", Needs: map[string]string{"containers.main.env.HOMEASSISTANT_URL": "the address of Home Assistant"}},
	}}
	found, err := checks.Run(subject, []*checks.Checker{catalogue.Checker()}, nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range found {
		fmt.Println(f.Problem)
	}
	// Output: app mcp does not set containers.main.env.HOMEASSISTANT_URL, which the catalogue entry home-assistant-mcp needs: the address of Home Assistant
}
