// Package mutate makes objects that an API server may refuse out of objects that it
// accepts: it varies every field that the server's own OpenAPI schema has for the kind,
// whether the object sets it or not. The result depends only on the object and the
// schema.
package mutate
