// Replays captured runs in wazero, a runtime in Go: `replay [-interpreter] FOLDER STEPS` prints a line `NAME STEPS SHA-256` for each run and mark.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

type capture struct {
	Name    string
	Core    string
	Memory  string
	Program uint64
	Sha256  map[string]string
}

// leb128 is how WebAssembly writes an integer.
func leb128(n uint32) []byte {
	if n < 128 {
		return []byte{byte(n)}
	}
	return append([]byte{byte(n) | 128}, leb128(n>>7)...)
}

// memoryModule is a module that is nothing but a shared memory of so many pages, exported under the name that the core imports. It cannot grow,
// because wazero reserves all that it may become.
func memoryModule(pages uint32) []byte {
	limits := append(append([]byte{1, 3}, leb128(pages)...), leb128(pages)...)
	module := append([]byte{0, 'a', 's', 'm', 1, 0, 0, 0, 5, byte(len(limits))}, limits...)
	return append(module, 7, 10, 1, 6, 'm', 'e', 'm', 'o', 'r', 'y', 2, 0)
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	interpreter := flag.Bool("interpreter", false, "interpret instead of compiling")
	flag.Parse()
	folder, most := flag.Arg(0), must(strconv.Atoi(flag.Arg(1)))
	config := wazero.NewRuntimeConfigCompiler()
	if *interpreter {
		config = wazero.NewRuntimeConfigInterpreter()
	}
	config = config.WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesThreads)
	read := func(name string) []byte { return must(os.ReadFile(filepath.Join(folder, name))) }
	var captures []capture
	if err := json.Unmarshal(read("captured.json"), &captures); err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	for _, c := range captures {
		runtime := wazero.NewRuntimeWithConfig(ctx, config)
		image := read(c.Memory)
		env := wazero.NewModuleConfig().WithName("env")
		pages := uint32(len(image) / 65536)
		memory := must(runtime.InstantiateWithConfig(ctx, memoryModule(pages), env)).ExportedMemory("memory")
		memory.Write(0, image)
		core := must(runtime.InstantiateWithConfig(ctx, read(c.Core), wazero.NewModuleConfig().WithName("core")))
		done := 0
		marks := []int{}
		for mark := range c.Sha256 {
			if steps := must(strconv.Atoi(mark)); steps <= most {
				marks = append(marks, steps)
			}
		}
		slices.Sort(marks)
		for _, steps := range marks {
			result := must(core.ExportedFunction("run").Call(ctx, c.Program, uint64(steps-done), 0, 1))
			done += int(int32(result[0]))
			if done != steps {
				log.Fatalf("%s: %d of %d steps", c.Name, done, steps)
			}
			bytes, _ := memory.Read(0, uint32(len(image)))
			fmt.Printf("%s %d %x\n", c.Name, steps, sha256.Sum256(bytes))
		}
		runtime.Close(ctx)
	}
}
