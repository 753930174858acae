// Package catalogue checks that what comes from the catalogue has what it needs.
//
// An entry of the catalogue may need values that it cannot know: the address of another
// program, the provider of a tunnel, a configuration file. It lists them in needs, by their
// path. An app, a chart or a container that takes the entry with from, and gives none of
// them, is rendered and does not start; that is an error on the line of from.
package catalogue
