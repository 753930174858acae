// Package accessor has the expressions of admission policies as the CEL compiler takes them.
package accessor
