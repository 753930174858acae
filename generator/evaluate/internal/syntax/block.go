package syntax

import (
	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/token"
)

// Block returns the block that a value is written as, alone or with a reference: {…} or
// v1alpha1.#App & {…}. It is nil for any other value.
func Block(value ast.Expr) *ast.StructLit {
	block, _ := typed(value)
	return block
}

// TypedBy is Block for values whose reference is to a definition of a package that the
// file imports under that name. A reference alone is an empty block.
func TypedBy(name string, value ast.Expr) *ast.StructLit {
	block, of := typed(value)
	switch {
	case of == nil:
		return block
	case name == "" || len(Chain(of)) != 2 || Chain(of)[0] != name:
		return nil
	case block == nil:
		return &ast.StructLit{}
	}
	return block
}

// typed takes a value apart: its block, and the reference beside it.
func typed(value ast.Expr) (block *ast.StructLit, of ast.Expr) {
	switch v := value.(type) {
	case *ast.StructLit:
		return v, nil
	case *ast.Ident, *ast.SelectorExpr:
		return nil, v
	case *ast.BinaryExpr:
		if v.Op != token.AND {
			return nil, nil
		}
		x, xOf := typed(v.X)
		y, yOf := typed(v.Y)
		switch {
		case x != nil && xOf == nil && y == nil && yOf != nil:
			return x, yOf
		case y != nil && yOf == nil && x == nil && xOf != nil:
			return y, xOf
		}
	}
	return nil, nil
}
