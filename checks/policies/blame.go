package policies

import (
	"slices"

	"stillsuit.dev/generator/manifest"
	"stillsuit.dev/inventory"
	"stillsuit.dev/policies/admission"
)

// blame is where a failed validation is best reported, the containers that it is about,
// and the message of a policy that has none.
func (c *check) blame(v *admission.Verdict, validation int) (at inventory.Spot, names []string, message string) {
	var spec []string
	var containers []inventory.Container
	var keys [][]string
	if pod := c.pods[v.Object]; pod != nil {
		spec, containers = pod.Spot().Keys, pod.Containers()
		for _, container := range containers {
			keys = append(keys, container.Spot.Keys[len(spec):])
		}
	}
	found := v.Blame(validation, spec, keys)
	if says := v.Policy.Spec.Validations[validation]; says.Message == "" && says.MessageExpression == "" {
		message = oneLine(found.Expression) + " does not hold"
	}
	for _, i := range found.Containers {
		names = append(names, containers[i].Name)
	}
	if names == nil {
		return narrow(v.Object, found.Path, spec), nil, message
	}
	at = containers[found.Containers[0]].Spot
	if len(found.Path) > 0 {
		at.Keys = slices.Concat(at.Keys, found.Path)
		at.Path = slices.Concat(at.Path, declared(found.Path))
	}
	return at, names, message
}

// declared is the path of a container's field as it is declared: the same, but that
// requests and limits are the container's own.
func declared(path []string) []string {
	if path[0] == "resources" {
		return path[1:]
	}
	return path
}

// narrow leads to a field of an object; one of its pods' is found by its own path too.
func narrow(o *manifest.Object, path, pod []string) inventory.Spot {
	at := inventory.Spot{Object: o, Keys: path}
	if len(pod) > 0 && len(path) > len(pod) && slices.Equal(path[:len(pod)], pod) {
		at.Path = path[len(pod):]
	}
	return at
}
