// The trick that parts making maps from choosing program types; deferred_load.h tells it.
#include "bpf/load/deferred_load.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cerrno>

namespace sonde::bpf {
namespace {

thread_local std::vector<Code>* collecting = nullptr;

Code collect(const bpf_program* program, const bpf_prog_load_opts* opts) {
  Code code;
  code.symbol = bpf_program__name(program);
  const bpf_insn* instructions = bpf_program__insns(program);
  code.instructions.assign(instructions, instructions + bpf_program__insn_cnt(program));
  code.kernel_version = opts->kern_version;
  if (opts->func_info && opts->line_info) {
    code.btf_fd = static_cast<int>(opts->prog_btf_fd);
    code.func_info.assign(static_cast<const char*>(opts->func_info),
                          size_t{opts->func_info_cnt} * opts->func_info_rec_size);
    code.func_info_count = opts->func_info_cnt;
    code.func_info_size = opts->func_info_rec_size;
    code.line_info.assign(static_cast<const char*>(opts->line_info),
                          size_t{opts->line_info_cnt} * opts->line_info_rec_size);
    code.line_info_count = opts->line_info_cnt;
    code.line_info_size = opts->line_info_rec_size;
  }
  return code;
}

// libbpf calls this after relocation, right before each load.
int replace_by_stubs(bpf_program* program, bpf_prog_load_opts* opts, long) {
  if (!collecting) return -EINVAL;
  collecting->push_back(collect(program, opts));
  opts->func_info = opts->line_info = nullptr;
  opts->func_info_cnt = opts->line_info_cnt = 0;
  opts->prog_btf_fd = 0;
  bpf_insn harmless[2] = {{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0}, {.code = BPF_JMP | BPF_EXIT}};
  return bpf_program__set_insns(program, harmless, 2);
}

}  // namespace

DeferredLoad::DeferredLoad(std::vector<Code>& codes) { collecting = &codes; }
DeferredLoad::~DeferredLoad() { collecting = nullptr; }

bool register_deferred_sections() {
  LIBBPF_OPTS(libbpf_prog_handler_opts, opts, .prog_prepare_load_fn = replace_by_stubs);
  return libbpf_register_prog_handler("sonde+", BPF_PROG_TYPE_SOCKET_FILTER, static_cast<bpf_attach_type>(0), &opts) >=
         0;
}

}  // namespace sonde::bpf
