#include "compile/passes/helper_memory.h"

#include <llvm/IR/InstIterator.h>

#include <array>

#include "compile/passes/bpf_calls.h"

namespace sonde::compile {
namespace {

constexpr uint8_t arg(unsigned index) { return uint8_t(1) << index; }

struct HelperMemory {
  uint8_t helper;
  uint8_t reads;  // through these arguments
  uint8_t writes = 0;
  bool fills_by_size = false;  // all that it writes to: its size is the next argument
};

// In the order of their numbers. Helpers that are not here may do anything. Those that fill their buffer are marked in
// the kernel as taking uninitialized memory, whose every byte they must write.
constexpr auto kHelpers = std::to_array<HelperMemory>({
    {1, arg(1)},                             // map_lookup_elem
    {2, arg(1) | arg(2)},                    // map_update_elem
    {3, arg(1)},                             // map_delete_elem
    {4, arg(2), arg(0), true},               // probe_read
    {6, arg(0) | arg(2) | arg(3) | arg(4)},  // trace_printk: an argument of %s is an address
    {9, arg(2)},                             // skb_store_bytes
    {16, 0, arg(0)},                         // get_current_comm: Linux 6.1 leaves what is behind the name as it was
    {25, arg(3)},                            // perf_event_output
    {26, 0, arg(2), true},                   // skb_load_bytes
    {28, arg(0) | arg(2)},                   // csum_diff
    {36, arg(1)},                            // probe_write_user
    {45, arg(2), arg(0)},                    // probe_read_str
    {55, 0, arg(2), true},                   // perf_event_read_value
    {67, 0, arg(1), true},                   // get_stack
    {87, arg(1)},                            // map_push_elem
    {88, 0, arg(1)},                         // map_pop_elem
    {89, 0, arg(1)},                         // map_peek_elem
    {107, arg(2)},                           // sk_storage_get
    {112, arg(2), arg(0), true},             // probe_read_user
    {113, arg(2), arg(0), true},             // probe_read_kernel
    {114, arg(2), arg(0)},                   // probe_read_user_str
    {115, arg(2), arg(0)},                   // probe_read_kernel_str
    {120, 0, arg(2), true},                  // get_ns_current_pid_tgid
    {126, arg(1) | arg(3)},                  // seq_printf
    {127, arg(1)},                           // seq_write
    {130, arg(1)},                           // ringbuf_output
    {145, arg(2)},                           // inode_storage_get
    {148, arg(2), arg(0), true},             // copy_from_user
    {156, arg(2)},                           // task_storage_get
    {165, arg(2) | arg(3)},                  // snprintf: what it prints may be longer or shorter
    {177, arg(0) | arg(2)},                  // trace_vprintk
    {182, arg(0) | arg(2)},                  // strncmp
    {183, 0, arg(2)},                        // get_func_arg
    {184, 0, arg(1)},                        // get_func_ret
    {195, arg(1)},                           // map_lookup_percpu_elem
    {210, arg(2)},                           // cgrp_storage_get
});

const HelperMemory* memory_of(const llvm::CallBase& call) {
  uint64_t helper = helper_number(call);
  if (!helper) return nullptr;
  auto* found = std::lower_bound(kHelpers.begin(), kHelpers.end(), helper,
                                 [](const HelperMemory& each, uint64_t number) { return each.helper < number; });
  return found != kHelpers.end() && found->helper == helper ? found : nullptr;
}

}  // namespace

bool only_reads(const llvm::CallBase& call, unsigned argument) {
  const auto* memory = memory_of(call);
  return memory && (memory->reads & ~memory->writes & arg(argument));
}

bool only_writes(const llvm::CallBase& call, unsigned argument) {
  const auto* memory = memory_of(call);
  return memory && (memory->writes & ~memory->reads & arg(argument));
}

std::optional<uint64_t> bytes_filled(const llvm::CallBase& call, unsigned argument) {
  const auto* memory = memory_of(call);
  if (!memory || !memory->fills_by_size || !only_writes(call, argument) || argument + 1 >= call.arg_size())
    return std::nullopt;
  const auto* size = llvm::dyn_cast<llvm::ConstantInt>(call.getArgOperand(argument + 1));
  return size ? std::optional(size->getZExtValue()) : std::nullopt;
}

void describe_helper_calls(llvm::Module& module) {
  for (auto& function : module) {
    for (auto& instruction : llvm::instructions(function)) {
      auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
      if (!call || !memory_of(*call)) continue;
      for (unsigned i = 0; i < call->arg_size(); ++i) {
        bool reads = only_reads(*call, i), writes = only_writes(*call, i);
        if (!call->getArgOperand(i)->getType()->isPointerTy() || (!reads && !writes)) continue;
        call->addParamAttr(i, llvm::Attribute::NoCapture);
        call->addParamAttr(i, reads ? llvm::Attribute::ReadOnly : llvm::Attribute::WriteOnly);
      }
    }
  }
}

}  // namespace sonde::compile
