// Package apis makes the tables of generator/apis: the kinds that API servers have had, by
// version of Kubernetes, and the resources and verbs that rights can name.
//
// seen/ holds what each release says of itself, one file a release: discovery, the OpenAPI
// description or the generated clients, whichever a published module has. Extract reads
// them out of the modules; a test compares them (STILLSUIT_ORACLE=full, with -update it
// writes them). Tables puts them together, with the removals that the types of k8s.io/api
// announce and what guide.txt adds from the deprecation guide.
package apis
