// Renders the Helm chart as Helm does - Go templates with sprig's functions - and parses every document that comes out.
// usage: render CHART [KEY=VALUE...]      where VALUE is YAML and KEY is a path such as silo.replicas, "kubernetes" for the version of the cluster, or "appVersion" for that of the chart
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"gopkg.in/yaml.v3"
)

func main() {
	if len(os.Args) < 2 {
		fail(errors.New("usage: render CHART [KEY=VALUE...]"))
	}
	chart := os.Args[1]
	values := read(filepath.Join(chart, "values.yaml"))
	about := read(filepath.Join(chart, "Chart.yaml"))
	kubernetes := "v1.34.0"
	for _, setting := range os.Args[2:] {
		path, text, _ := strings.Cut(setting, "=")
		if path == "kubernetes" {
			kubernetes = text
			continue
		}
		if path == "appVersion" {
			about[path] = text
			continue
		}
		var value interface{}
		check(yaml.Unmarshal([]byte(text), &value))
		keys := strings.Split(path, ".")
		at := values
		for _, key := range keys[:len(keys)-1] {
			at = at[key].(map[string]interface{})
		}
		at[keys[len(keys)-1]] = value
	}
	names := map[string]interface{}{}
	for key, value := range about {
		names[strings.ToUpper(key[:1])+key[1:]] = value
	}
	capabilities := map[string]interface{}{"KubeVersion": map[string]interface{}{"Version": kubernetes}}
	data := map[string]interface{}{"Values": values, "Chart": names, "Capabilities": capabilities, "Release": map[string]interface{}{"Name": "fleetprof", "Namespace": "fleetprof", "Service": "Helm"}}

	root := template.New("chart").Option("missingkey=zero")
	functions := sprig.TxtFuncMap()
	functions["include"] = func(name string, data interface{}) (string, error) {
		var out bytes.Buffer
		err := root.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	functions["toJson"] = func(value interface{}) (string, error) {
		text, err := json.Marshal(value)
		return string(text), err
	}
	root.Funcs(functions)
	files, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	check(err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		check(err)
		_, err = root.New(filepath.Base(file)).Parse(string(text))
		check(err)
	}
	encoder := json.NewEncoder(os.Stdout)
	for _, file := range files {
		if !strings.HasSuffix(file, ".yaml") {
			continue
		}
		var out bytes.Buffer
		check(root.ExecuteTemplate(&out, filepath.Base(file), data))
		decoder := yaml.NewDecoder(&out)
		for {
			var document map[string]interface{}
			err := decoder.Decode(&document)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				fail(fmt.Errorf("%s: %w", filepath.Base(file), err))
			}
			if document != nil {
				check(encoder.Encode(document))
			}
		}
	}
}

func read(path string) map[string]interface{} {
	text, err := os.ReadFile(path)
	check(err)
	var content map[string]interface{}
	check(yaml.Unmarshal(text, &content))
	return content
}

func check(err error) {
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
