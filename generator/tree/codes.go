package tree

import (
	"slices"

	"stillsuit.dev/finding"
)

// Codes documents every code of a finding that this package makes.
func Codes() []finding.CodeDoc { return slices.Concat(fileCodes(), stateCodes(), fluxCodes()) }

// fileCodes are about the files of a tree.
func fileCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: codeBadPath, Hiding: finding.ByFlags,
			Title: "a name makes a path that not every system can hold",
			Text: `Names of clusters, namespaces, apps and objects become file names. A name is
refused when the path that it makes leaves the repository ("..", an absolute
path), when Windows, macOS or git would store another path (a backslash, a
trailing dot or space, a device name such as CON or nul.txt, a form of Unicode
other than NFC, invisible characters), when a part of it is longer than 255
bytes, or when it belongs to git or to stillsuit itself (.git, .stillsuit).
Nothing is written.`,
			Example: `apps: nul: {…}   is written to home/nul/, which Windows takes for a device:
apps: "nul-sink": {…}`,
		},
		{
			Code: codeColliding, Hiding: finding.ByFlags,
			Title: "two names make the same path",
			Text: `Two things would be written to one path, or to two paths that are one file on a
disk that does not tell upper from lower case or composed from decomposed
accents, as on macOS and Windows; or one of them needs a directory where the
other is a file. Git would check out only one of the two. Nothing is written.
Both places are named: rename one.`,
			Example: `apps: Vikunja: {…}
apps: vikunja: {…}   # the same directory on macOS`,
		},
		{
			Code: codeEdited, Hiding: finding.ByFlags,
			Title: "a rendered file was edited by hand",
			Text: `The first line of each rendered file holds a hash of the rest. It no longer fits:
somebody edited the file, or git left a merge conflict in it. As the next render
would change or remove the file, and the edit with it, nothing at all is written.

To keep the edit, make it in the CUE file that the first line names. To drop it,
run "stillsuit render --discard-edits PATH"; PATH may be a directory, for a merge
conflict in many files. Line ends (CRLF) and a byte order mark are no edits.
A file that is no longer rendered becomes your own when its first line is deleted.`,
			Example: `stillsuit render --discard-edits flux-system/turingpi/home/mosquitto`,
		},
		{
			Code: codeForeign, Hiding: finding.ByFlags,
			Title: "a file that is not ours is in the way",
			Text: `A rendered file has to go where a file without stillsuit's first line, or a
directory that holds such files, already is. stillsuit replaces and removes only
what it has written, so it writes nothing at all. Move the file, or delete it.
--discard-edits does not help here, on purpose: nobody but you has a copy.`,
			Example: `git mv flux-system/turingpi/home/mosquitto/ks.yaml notes/mosquitto-ks.yaml`,
		},
		{
			Code: codeLink, Hiding: finding.ByFlags,
			Title: "a symbolic link is in the way",
			Text: `A rendered file would be read or written through a symbolic link, which may lead
anywhere, also out of the repository. stillsuit follows no links among the files
that it writes, nor in .stillsuit, where it prepares them. Put a real directory
or file in the link's place.`,
			Example: `rm flux-system/turingpi && mkdir flux-system/turingpi`,
		},
		{
			Code: codeDrift, Hiding: finding.ByFlags,
			Title: "the committed tree is not what the sources render to",
			Text: `"stillsuit render --check" evaluates the sources and compares: a file is missing,
or was rendered from older sources, or is stale, which means that nothing renders
it any longer. Run "stillsuit render" and commit the result together with the
change that caused it.`,
			Example: `stillsuit render && git add -A flux-system`,
		},
	}
}

// stateCodes are about what stillsuit keeps in .stillsuit.
func stateCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: codeJournal, Hiding: finding.ByFlags,
			Title: "a journal that this checkout did not write",
			Text: `While stillsuit writes, .stillsuit/journal.json says which files it is about to
replace and remove, and a run that dies leaves it for the next run to complete.
A commit can bring such a file too, and would then delete or replace whatever it
names. So a journal counts only with a mark that its run left beside it: a file
whose mode no commit can hold, and whose name is the journal's hash. Besides, only
files below flux-system/CLUSTER and .sops.yaml are completed, only files that bear
stillsuit's seal are replaced or removed, and only content with an unbroken seal
is put in their place. Anything else is refused, and nothing is changed.

Remove .stillsuit, from git too if it was committed, and render again: everything
in it can be made anew. On a disk that keeps no file modes (exFAT, some network
shares) a run that was killed leaves its own journal without a mark: there the
same helps, since the next render replaces every rendered file that is out of date.`,
			Example: `git rm -rfq --cached --ignore-unmatch .stillsuit; rm -rf .stillsuit`,
		},
		{
			Code: codeTracked, Hiding: finding.ByFlags,
			Title: "git tracks .stillsuit",
			Text: `.stillsuit holds the lock and the journal of this checkout. When it is committed,
every other checkout gets a journal that is not its own, which stillsuit refuses.
Take it out of git; the .gitignore that stillsuit writes there keeps it out. The
finding comes from git's index, at the repository's root or above.`,
			Example: `git rm -rq --cached .stillsuit && git commit -m "untrack .stillsuit"`,
		},
		{
			Code: codeState, Hiding: finding.ByFlags,
			Title: ".stillsuit is not as stillsuit leaves it",
			Text: `.stillsuit is a directory with a lock, and during a run a journal and the
directories stage and old. A symbolic link, a file or a pipe in place of one of
them is not followed, and nothing is written. Remove .stillsuit, from git too if it
was committed, and render again: everything in it can be made anew. What cannot be
read belongs to another user, or has lost its permissions.`,
			Example: `git rm -rfq --cached --ignore-unmatch .stillsuit; rm -rf .stillsuit`,
		},
	}
}

// fluxCodes are about what keeps files from Flux.
func fluxCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: codeSecond, Hiding: finding.ByFlags,
			Title: "a second kustomization file beside a rendered one",
			Text: `kustomize takes kustomization.yaml, kustomization.yml and Kustomization for the
same thing and builds no directory that has two of them. So Flux would apply
nothing of the directory. Delete the file that stillsuit did not render, and
declare what it adds in the cluster's CUE: in "objects", or as a patch.`,
			Example: `git rm flux-system/turingpi/home/mosquitto/app/kustomization.yml`,
		},
		{
			Code: codeSourceIgnore, Hiding: finding.ByFlags,
			Title: "Flux leaves rendered files out of what it fetches",
			Text: `Flux drops what .sourceignore files name from the repository before it builds
anything, at every level from the root down; without any pattern in them, its own
defaults count (*.jpg, *.zip, .github/ and the like). The place is the pattern that
excludes the rendered file. Remove it, or add one below it that takes the files
back: !flux-system/.

A .sourceignore at the repository's root that excludes nothing rendered is fine. In
flux-system/CLUSTER it is an error as soon as it excludes anything, because that
directory holds only what is rendered: the next file of that name would be missing
from the cluster, and any pattern turns Flux's defaults off everywhere.`,
			Example: `# .sourceignore
/*
!/flux-system/`,
		},
		{
			Code: codeGitIgnore, Hiding: finding.ByFlags,
			Title: "git ignores a rendered file",
			Text: `A .gitignore, or .git/info/exclude, has a pattern for a rendered file that git does
not track yet. "git add" would pass it over, so that it never reaches Flux, while
everything looks complete here. Remove the pattern, or take the files back below it.
Git looks at nothing in a directory that is ignored as a whole: take that back first.

What is tracked already is no finding, and neither is a pattern in your own
core.excludesFile, which nobody else has.`,
			Example: `# .gitignore
*.sops.yaml
!/flux-system/**/*.sops.yaml`,
		},
		{
			Code: codeOrphan, Hiding: finding.ByFlags,
			Title: "a rendered tree whose cluster is gone",
			Text: `clusters/<name> was removed or renamed, and flux-system/<name> is still there. It is
never removed by itself: a Flux that was bootstrapped with its path would take
everything down that it applies. When that cluster is gone, or reads another path,
remove the directory.`,
			Example: `git rm -r flux-system/old`,
		},
	}
}
