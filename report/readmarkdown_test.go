package report_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/text"
	nethtml "golang.org/x/net/html"
)

// readMarkdown renders with goldmark as GitHub does (tables, links without marks), and
// takes the rows of the tables. There is no HTML but our own, no link, no image and no
// emphasis; and a browser sees the elements that Markdown made, and no attributes but
// those of code and headings.
func readMarkdown(source string) ([]seen, error) {
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	doc := md.Parser().Parse(text.NewReader([]byte(source)))
	var out []seen
	file := ""
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.HTMLBlock:
			return ast.WalkSkipChildren, own(n, source)
		case *ast.Heading:
			file = content(n, source)
		case *extast.TableRow:
			var cells []string
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				cells = append(cells, content(c, source))
			}
			if len(cells) != 4 {
				return ast.WalkStop, fmt.Errorf("a row of %d: %q", len(cells), cells)
			}
			at := strings.Replace(file, "No file", "", 1)
			out = append(out, seen{cells[1], cells[2], at, cells[0], cells[3]})
		case *ast.Document, *ast.Paragraph, *ast.Text, *ast.String, *ast.CodeSpan, *ast.FencedCodeBlock,
			*extast.Table, *extast.TableHeader, *extast.TableCell:
		default:
			return ast.WalkStop, fmt.Errorf("%s in the text: %s", n.Kind(), content(n, source))
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return nil, err
	}
	var page bytes.Buffer
	if err := md.Convert([]byte(source), &page); err != nil {
		return nil, err
	}
	return out, elements(&page)
}

// content is the text below a node.
func content(n ast.Node, source string) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			b.Write(t.Segment.Value([]byte(source)))
		}
		return ast.WalkContinue, nil
	}) // it returns no error
	return b.String()
}

// own reports HTML that is not what folds a code's explanation.
func own(n *ast.HTMLBlock, source string) error {
	ours := regexp.MustCompile(`^(<details>|</details>|<summary><code>[^<>]*</code>: [^<>]*</summary>)$`)
	for i := range n.Lines().Len() {
		at := n.Lines().At(i)
		if line := strings.TrimSuffix(string(at.Value([]byte(source))), "\n"); !ours.MatchString(line) {
			return fmt.Errorf("HTML that is not ours: %s", line)
		}
	}
	return nil
}

// elements reports what a browser would see beyond what a report is made of.
func elements(page io.Reader) error {
	ours := regexp.MustCompile(`^(h2|h3|table|thead|tbody|tr|th|td|p|pre|code|details|summary)$`)
	for z := nethtml.NewTokenizer(page); ; {
		switch z.Next() {
		case nethtml.ErrorToken:
			if errors.Is(z.Err(), io.EOF) {
				return nil
			}
			return z.Err()
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			token := z.Token()
			for _, a := range token.Attr {
				if a.Key != "id" && (a.Key != "class" || a.Val != "language-text") {
					return fmt.Errorf("%s has %s", token.Data, a.Key)
				}
			}
			if !ours.MatchString(token.Data) {
				return fmt.Errorf("element %s", token.Data)
			}
		case nethtml.CommentToken, nethtml.DoctypeToken:
			return fmt.Errorf("%s", z.Token())
		}
	}
}
