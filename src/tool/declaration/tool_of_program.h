// A tool made of a program that declares none: what `sonde run PROGRAM.c` shows. Perf and ring buffers are rows with a
// column for each field, maps are tables of their entries, BPF_HISTOGRAMs are histograms, stack maps are stacks, and
// what bpf_trace_printk() writes is lines.
#pragma once

#include <string>
#include <string_view>

#include "tool/declaration/tool.h"

namespace sonde::tool {

// With the options that the tool of every program has, and without views.
Tool any_program();

Tool tool_of_program(const spec::Spec& spec, const std::string& name, bool has_trace_lines);

// Whether a program in the object, an ELF file, calls bpf_trace_printk() or bpf_trace_vprintk().
bool has_trace_calls(const std::string& object);

}  // namespace sonde::tool
