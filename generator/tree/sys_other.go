//go:build !linux && !darwin

package tree

import (
	"errors"
	"os"
)

var errPlatform = errors.New("stillsuit writes trees on Linux and macOS only; on Windows, run it in WSL")

func renameAt(*os.File, string, *os.File, string) error { return errPlatform }

func rmdirAt(*os.File, string) error { return errPlatform }

func flock(*os.File, bool) error { return errPlatform }

func syncPaths(*dir, []string) error { return errPlatform }
