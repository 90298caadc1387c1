#include "compile/passes/packet_context.h"

#include <llvm/ADT/STLExtras.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Instructions.h>

#include <algorithm>

namespace sonde::compile {
namespace {

constexpr const char* kMarker = "sonde_packet_context";  // of sonde/packets.h

// A program whose first parameter is `void *` says nothing about its context; one that is attached to a function does.
bool may_have_packet(const Entry& entry) {
  return entry.context == ContextKind::kNetworking ||
         (entry.context == ContextKind::kRegisters && entry.program->hook.kind == HookKind::kNone);
}

// nullptr: none.
llvm::Value* context_in(llvm::Function& function, const std::vector<Entry>& entries) {
  auto entry =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& each) { return each.function == &function; });
  if (entry != entries.end() && !may_have_packet(*entry)) return nullptr;
  bool has_pointer = !function.arg_empty() && function.getArg(0)->getType()->isPointerTy();
  return has_pointer ? function.getArg(0) : nullptr;
}

void drop_variants(llvm::Function& marker, std::vector<Entry>& entries) {
  auto asks = [&](const Entry& entry) {
    return llvm::any_of(marker.users(), [&](llvm::User* user) {
      auto* call = llvm::dyn_cast<llvm::CallInst>(user);
      return call && call->getFunction() == entry.function;
    });
  };
  for (Entry& entry : entries) {
    if (asks(entry)) entry.variants.clear();
  }
}

}  // namespace

void resolve_packet_contexts(llvm::Module& module, std::vector<Entry>& entries, const Complain& complain) {
  auto* marker = module.getFunction(kMarker);
  if (!marker) return;
  drop_variants(*marker, entries);
  for (auto* user : llvm::make_early_inc_range(marker->users())) {
    auto* call = llvm::dyn_cast<llvm::CallInst>(user);
    if (!call) continue;
    llvm::Value* context = context_in(*call->getFunction(), entries);
    if (!context) {
      complain_at(*call, "a packet's bytes are read in programs whose context is 'struct __sk_buff *'", complain);
      context = llvm::ConstantPointerNull::get(llvm::cast<llvm::PointerType>(call->getType()));
    }
    call->replaceAllUsesWith(context);
    call->eraseFromParent();
  }
}

}  // namespace sonde::compile
