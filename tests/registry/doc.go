// Package registry holds the registry client against another's registry: that of
// the CNCF's Distribution project, in process, on loopback.
package registry
