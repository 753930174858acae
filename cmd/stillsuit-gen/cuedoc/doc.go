// Package cuedoc reads the schemas and the catalogue as pages of documentation show
// them: Concepts are the definitions of the schemas with their comments and the types of
// their fields in words, and List is what each entry of the catalogue says of itself.
package cuedoc
