package explain

import (
	"slices"

	"stillsuit.dev/finding"
	"stillsuit.dev/generator/evaluate/internal/source"
)

// Codes documents every code of a finding that this package makes.
func Codes() []finding.CodeDoc { return slices.Concat(fileCodes(), fieldCodes(), repositoryCodes()) }

// fileCodes are about files that cannot be read, and what they import.
func fileCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "cue/syntax", Title: "a CUE file does not parse",
			Text:    "The file breaks CUE's grammar at this place: a quote, colon, comma or bracket is missing, or a name with a dash stands without quotes. CUE reads nothing of a package until all of its files parse, so mend these first.",
			Example: "apps: home-assistant: namespace: \"home\"    // write \"home-assistant\"",
		},
		{
			Code: "cue/no-package", Title: "a file does not say its package",
			Text:    "CUE puts the files of a directory together by their package line. A file without one is silently left out, and with it all that it declares.",
			Example: "package turingpi    // the first line of each file in clusters/turingpi",
		},
		{
			Code: "cue/wrong-package", Title: "a file says another package than its neighbours",
			Text:    "All files of a cluster's directory are one package. One with another name would be a package of its own, which nobody reads.",
			Example: "package turinpi    // in clusters/turingpi, where the others say turingpi",
		},
		{
			Code: "cue/unreadable", Title: "a file cannot be read safely",
			Text: "The file or directory is a symbolic link that leads out of the repository, or is no regular file, or is larger or more deeply nested than CUE can evaluate. Only regular files below the repository's root are read, so that a clone always renders the same.",
		},
		{
			Code: "cue/module", Title: "cue.mod/module.cue is not a module file",
			Text:    "The file says which module the repository is, and which CUE language version its files are written in.",
			Example: "module: \"example.com@v0\"\nlanguage: version: \"v0.17.0\"",
		},
		{
			Code: "cue/module-version", Title: "the repository wants another version of stillsuit.dev",
			Text:    "The schemas and the catalogue are compiled into the program, so that rendering needs no network. A repository with its own cue.mod must name the version that its program has.",
			Example: "deps: \"stillsuit.dev@v0\": v: \"" + source.ModuleVersion + "\"",
		},
		{
			Code: "cue/unknown-import", Title: "an imported package does not exist",
			Text:    "A package is found in the repository itself, or in the module stillsuit.dev when cue.mod/module.cue depends on it. Nothing is fetched: a package of another module has to be copied into the repository.",
			Example: "import \"stillsuit.dev/schemas/v1alpha2\"    // v1alpha1",
		},
		{
			Code: "cue/embed", Title: "an embedded file cannot be used",
			Text:    "@embed takes a file as a value: YAML or JSON, one document, in the package's directory or below it. A file that is not there, or does not parse, makes the whole package unusable.",
			Example: "objects: owners: _ @embed(file=policies/owners.yaml)    // with @extern(embed) as the file's first line",
		},
		{
			Code: "cue/unused-import", Title: "an import is not used",
			Text: "CUE refuses a file that imports a package and never names it. Remove the line. If you do use the name, a label of the same name hides it: see cue/shadowed-import.",
		},
		{
			Code: "cue/unused-let", Title: "a let is not used",
			Text: "CUE refuses a let that nothing refers to. Remove it.",
		},
		{
			Code: "cue/import-cycle", Title: "packages import each other",
			Text: "A package cannot import one that needs it. Move what both use into a third package.",
		},
		{
			Code: "cue/shadowed-import", Title: "a label hides an import",
			Text:    "A field's label can be referred to by its name in the block that it stands in. A label with the name of an import, such as an app called strings, therefore takes the place of the package there. Labels in quotes cannot be referred to, and so hide nothing.",
			Example: "apps: {\n\t\"strings\": namespace: \"x\"    // in quotes\n\tb: namespace: strings.ToLower(\"X\")\n}",
		},
	}
}

// fieldCodes are about fields and their values.
func fieldCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "cue/unknown-top-level", Title: "a field at the top level of a cluster means nothing",
			Text:    "A cluster's package has the fields cluster, namespaces, apps, charts, rbac and policies. Another one would be ignored, and so what it declares would never be rendered. Values that only other fields use belong in hidden fields (_name), definitions (#Name) or let.",
			Example: "app: mosquitto: {…}    // apps",
		},
		{
			Code: "cue/unknown-field", Title: "the schema has no such field",
			Text:    "Definitions are closed: a misspelt field is a mistake, not an extension. When the field exists elsewhere, the finding says where.",
			Example: "limts: memory: \"64Mi\"    // limits",
		},
		{
			Code: "cue/unknown-definition", Title: "the schemas have no such definition",
			Text:    "Definitions are what begins with # in the package v1alpha1.",
			Example: "apps: [_]: v1alpha1.#Ap    // v1alpha1.#App",
		},
		{
			Code: "cue/wrong-type", Title: "a value is of the wrong type",
			Text:    "Texts stand in quotes, numbers do not, lists stand in brackets and blocks in braces.",
			Example: "user: \"1000\"    // user: 1000",
		},
		{
			Code: "cue/wrong-value", Title: "a value is of the right type and still wrong",
			Text:    "The schema limits what may stand here: a unit, a range, or one of several words. It says so in the finding.",
			Example: "memory: \"64M1b\"    // 64Mi",
		},
		{
			Code: "cue/not-one-of", Title: "a value is none of the alternatives",
			Text: "The schema lists the values that may stand here.",
		},
		{
			Code: "cue/conflict", Title: "two places give different values",
			Text:    "CUE puts all declarations of a field together, and the order of files means nothing: one cannot override another. Where a definition of the schemas sets the value already, such as a node profile its memory, leave the field out or use another definition. Only a catalogue entry named by from can be overridden, and so clusters share apps by entries in apps/NAME rather than by a package that they import.",
			Example: "apps: a: namespace: \"home\"\napps: a: namespace: \"photos\"    // in another file",
		},
		{
			Code: "cue/not-set", Title: "a value is needed and missing",
			Text:    "A field that something refers to has no value, or a required field is missing, or a field holds only a type.",
			Example: "image: \"\\(cluster.domain)/x\"    // and cluster has no domain",
		},
		{
			Code: "cue/unknown-reference", Title: "a name refers to nothing",
			Text:    "A word without quotes is a reference: to a field of this block or one around it, to a let, or to an import. A text needs quotes.",
			Example: "namespace: home    // \"home\"",
		},
		{
			Code: "cue/cycle", Title: "fields refer to each other in a circle",
			Text: "The finding lists the way round. Give one of the fields a value of its own.",
		},
		{
			Code: "cue/expression", Title: "a calculation has no result",
			Text:    "The operands do not fit the operator or the function.",
			Example: "namespace: \"x\" + 1    // \"x\\(1)\"",
		},
	}
}

// repositoryCodes are about clusters and catalogue entries as a whole.
func repositoryCodes() []finding.CodeDoc {
	return []finding.CodeDoc{
		{
			Code: "cue/unknown-cluster", Title: "there is no such cluster",
			Text: "A cluster is a directory below clusters/ with CUE files in it. Its name has letters, digits, - and _.",
		},
		{
			Code: "cue/empty-cluster", Title: "a cluster's directory holds no CUE files",
			Text: "Files that begin with _ or . and those that end with _test.cue or _tool.cue do not count.",
		},
		{
			Code: "cue/unknown-catalogue-entry", Title: "the catalogue has no such entry",
			Text: "from names a directory below apps/ of the repository, or an entry of the catalogue that comes with the program.",
		},
		{
			Code: "cue/wrong-catalogue-kind", Title: "a catalogue entry is used in the wrong place",
			Text: "An entry with the field app is named by an app's from, one with the field container by a container's, one with the field chart by a chart's.",
		},
		{
			Code: "cue/other", Title: "CUE says something that is not translated",
			Text: "The finding repeats CUE's own message. Please report it, so that it gets words of its own.",
		},
	}
}
