package usage_test

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"stillsuit.dev/cmd/stillsuit/usage"
)

func ExampleGroup() {
	root := &cobra.Command{Use: "stillsuit", SilenceErrors: true, SilenceUsage: true}
	root.AddCommand(&cobra.Command{Use: "check", Run: func(*cobra.Command, []string) {}})
	root.SetArgs([]string{"chekc"})
	root.SetOut(io.Discard)
	fmt.Println(usage.Group(root, nil).Execute())
	// Output: there is no command chekc. Did you mean `stillsuit check`?
}
