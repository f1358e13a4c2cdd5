// Command generate writes types.json: the shape of every built-in Kubernetes kind as its Go types define it.
//
// OpenAPI does not say which fields vanish when zero, and the official provider's normal form depends on that.
//
//	cd local/toolchain/kubernetes && go run ../../providers/kubernetes/built_in/generate.go > ../../providers/kubernetes/built_in/types.json
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/scheme"
)

// A field is [type, dropped when zero, merge strategy, merge key]; trailing empty parts are left out.
type table struct {
	Kinds   map[string]string           `json:"kinds"`
	Structs map[string]map[string][]any `json:"structs"`
	Removed map[string][2]int           `json:"removed"`
}

type removed interface{ APILifecycleRemoved() (major, minor int) }

var special = map[reflect.Type]string{
	reflect.TypeOf(resource.Quantity{}):    "quantity",
	reflect.TypeOf(intstr.IntOrString{}):   "intOrString",
	reflect.TypeOf(metav1.Time{}):          "time",
	reflect.TypeOf(metav1.MicroTime{}):     "microTime",
	reflect.TypeOf(metav1.Duration{}):      "any",
	reflect.TypeOf(metav1.FieldsV1{}):      "any",
	reflect.TypeOf(runtime.RawExtension{}): "any",
}

func main() {
	out := table{map[string]string{}, map[string]map[string][]any{}, map[string][2]int{}}
	for gvk, t := range scheme.Scheme.AllKnownTypes() {
		if gvk.Version == "__internal" || strings.HasPrefix(t.PkgPath(), "k8s.io/apimachinery") {
			continue
		}
		if strings.HasSuffix(gvk.Kind, "List") {
			continue
		}
		name := gvk.GroupVersion().String() + "/" + gvk.Kind
		out.Kinds[name] = describe(t, out.Structs)
		if r, ok := reflect.New(t).Interface().(removed); ok {
			major, minor := r.APILifecycleRemoved()
			out.Removed[name] = [2]int{major, minor}
		}
	}
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "")
	if err := e.Encode(out); err != nil {
		panic(err)
	}
}

func describe(t reflect.Type, structs map[string]map[string][]any) string {
	if name, ok := special[t]; ok {
		return name
	}
	switch t.Kind() {
	case reflect.Pointer:
		return describe(t.Elem(), structs)
	case reflect.String:
		return "string"
	case reflect.Bool:
		return "bool"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint32, reflect.Uint64:
		return "int"
	case reflect.Float32, reflect.Float64:
		return "float"
	case reflect.Map:
		return "{}" + describe(t.Elem(), structs)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "bytes"
		}
		return "[]" + describe(t.Elem(), structs)
	case reflect.Struct:
		name := t.PkgPath()[strings.LastIndex(strings.TrimSuffix(t.PkgPath(), "/"+base(t.PkgPath())), "/")+1:] + "." + t.Name()
		if _, ok := structs[name]; !ok {
			structs[name] = map[string][]any{}
			collect(t, structs[name], structs)
		}
		return name
	}
	return "any"
}

func base(path string) string { return path[strings.LastIndex(path, "/")+1:] }

func collect(t reflect.Type, into map[string][]any, structs map[string]map[string][]any) {
	for i := 0; i < t.NumField(); i++ {
		f := t.Field(i)
		parts := strings.Split(f.Tag.Get("json"), ",")
		if !f.IsExported() || parts[0] == "-" {
			continue
		}
		inline := f.Anonymous && parts[0] == ""
		for _, p := range parts[1:] {
			inline = inline || p == "inline"
		}
		if inline {
			inner := f.Type
			if inner.Kind() == reflect.Pointer {
				inner = inner.Elem()
			}
			collect(inner, into, structs)
			continue
		}
		name := parts[0]
		if name == "" {
			name = f.Name
		}
		omit := 0
		kind := f.Type.Kind()
		for _, p := range parts[1:] {
			if p == "omitempty" && kind != reflect.Pointer && kind != reflect.Struct || p == "omitzero" && kind != reflect.Pointer {
				omit = 1
			}
		}
		field := []any{describe(f.Type, structs), omit}
		if s := f.Tag.Get("patchStrategy"); s != "" {
			field = append(field, s)
			if k := f.Tag.Get("patchMergeKey"); k != "" {
				field = append(field, k)
			}
		}
		into[name] = field
	}
}
