#include "compile/passes/kernel_reads.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/GetElementPtrTypeIterator.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/IntrinsicsBPF.h>

#include <algorithm>
#include <array>
#include <optional>

#include "compile/passes/bpf_calls.h"
#include "compile/passes/kernel_pointers.h"

namespace sonde::compile {
namespace {

using llvm::IRBuilder;
using llvm::Value;

// Helpers whose result points to memory that the verifier lets a program read: map values, reservations, sockets,
// storage.
bool returns_bpf_memory(uint64_t helper) {
  static constexpr std::array<uint64_t, 21> kHelpers = {1,   81,  84,  85,  95,  96,  98,  99,  107, 131, 136,
                                                        137, 138, 139, 140, 145, 153, 154, 156, 178, 195};
  for (uint64_t each : kHelpers) {
    if (each == helper) return true;
  }
  return helper == 203 || helper == 210 || helper == 196;
}

// bpf_get_current_task_btf, bpf_sock_from_file: pointers whose type the verifier knows.
bool returns_typed_pointer(uint64_t helper) { return helper == 158 || helper == 162; }

// What a pointer points to, as far as the program shows.
enum class Memory { kBpf, kTyped, kOther };

class FunctionReads {
 public:
  FunctionReads(llvm::Function& function, std::optional<ContextKind> entry) : function_(function), entry_(entry) {}

  // Of a program on packets or sockets: only what leads into the kernel beyond doubt is not read directly.
  explicit FunctionReads(const Entry& networking)
      : function_(*networking.function),
        entry_(networking.context),
        kernel_(networking),
        probe_read_(kProbeReadKernel) {}

  void rewrite() {
    llvm::SmallVector<llvm::Instruction*> reads;
    for (auto& instruction : llvm::instructions(function_)) {
      if (is_foreign_read(instruction)) reads.push_back(&instruction);
    }
    for (auto* read : reads) {
      if (auto* load = llvm::dyn_cast<llvm::LoadInst>(read)) replace_load(*load);
      else if (auto* copy = llvm::dyn_cast<llvm::MemTransferInst>(read)) replace_copy(*copy);
      else fetch_arguments(*llvm::cast<llvm::CallBase>(read));
    }
  }

 private:
  bool is_foreign(Value* address) {
    return kernel_ ? kernel_->leads_to_kernel(address) : memory(address) == Memory::kOther;
  }

  bool is_foreign_read(llvm::Instruction& instruction) {
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) return is_foreign(load->getPointerOperand());
    if (auto* copy = llvm::dyn_cast<llvm::MemTransferInst>(&instruction)) return is_foreign(copy->getRawSource());
    auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
    return call && is_compare(*call) && (is_foreign(call->getArgOperand(0)) || is_foreign(call->getArgOperand(1)));
  }

  static bool is_compare(const llvm::CallBase& call) {
    const auto* callee = call.getCalledFunction();
    if (!callee || call.arg_size() != 3) return false;
    return callee->getName() == "memcmp" || callee->getName() == "bcmp";
  }

  Memory memory(Value* address) {
    // Optimistic where a loop comes back to a value that is still being looked at.
    auto [known, is_new] = known_.try_emplace(address, Memory::kBpf);
    if (!is_new) return known->second;
    size_t before = answers_.size();
    answers_.push_back(address);
    Memory result = classify(address);
    if (result != Memory::kBpf && llvm::isa<llvm::PHINode>(address)) {
      forget_since(before);
      answers_.push_back(address);  // an outer loop's phi may yet have to forget this one
    }
    known_[address] = result;
    return result;
  }

  // The optimism was wrong, and so may be every answer that was given meanwhile.
  void forget_since(size_t before) {
    for (size_t i = before; i < answers_.size(); ++i) known_.erase(answers_[i]);
    answers_.resize(before);
  }

  Memory worst(llvm::ArrayRef<Value*> values) {
    Memory result = Memory::kBpf;
    for (auto* value : values) result = std::max(result, memory(value));
    return result;
  }

  Memory classify(Value* address) {
    if (llvm::isa<llvm::AllocaInst, llvm::GlobalValue, llvm::ConstantPointerNull, llvm::UndefValue>(address)) {
      return Memory::kBpf;
    }
    if (auto* argument = llvm::dyn_cast<llvm::Argument>(address)) {
      return entry_ && argument->getArgNo() == 0 ? Memory::kBpf : Memory::kOther;
    }
    if (auto* gep = llvm::dyn_cast<llvm::GEPOperator>(address)) return memory(gep->getPointerOperand());
    if (auto* phi = llvm::dyn_cast<llvm::PHINode>(address)) {
      return worst(llvm::SmallVector<Value*>(phi->incoming_values()));
    }
    if (auto* select = llvm::dyn_cast<llvm::SelectInst>(address)) {
      return worst({select->getTrueValue(), select->getFalseValue()});
    }
    if (auto* freeze = llvm::dyn_cast<llvm::FreezeInst>(address)) return memory(freeze->getOperand(0));
    if (auto* call = llvm::dyn_cast<llvm::CallBase>(address)) return result_of(*call);
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(address)) return loaded(*load);
    if (auto* cast = llvm::dyn_cast<llvm::IntToPtrInst>(address)) return from_integer(cast->getOperand(0));
    return Memory::kOther;
  }

  Memory result_of(llvm::CallBase& call) {
    if (is_access(call)) return memory(call.getArgOperand(0));
    uint64_t helper = helper_number(call);
    if (returns_bpf_memory(helper)) return Memory::kBpf;
    return returns_typed_pointer(helper) ? Memory::kTyped : Memory::kOther;
  }

  // In programs whose context is typed, a pointer read from it, and what is read through that, is typed as well. A
  // union's pointer is not: the verifier takes it for what the union's first member has there, which need be no
  // pointer.
  Memory loaded(llvm::LoadInst& load) {
    auto* address = load.getPointerOperand();
    if (entry_ == ContextKind::kTyped && is_context(address)) return Memory::kTyped;
    return memory(address) == Memory::kTyped && !is_in_union(address) ? Memory::kTyped : Memory::kOther;
  }

  // Whether the way from the last pointer to this address leads through a union.
  static bool is_in_union(Value* address) {
    while (true) {
      if (auto* gep = llvm::dyn_cast<llvm::GEPOperator>(address)) {
        if (is_union_on_the_way(*gep)) return true;
        address = gep->getPointerOperand();
        continue;
      }
      auto* call = llvm::dyn_cast<llvm::CallBase>(address);
      if (!call || !is_access(*call)) return false;
      if (call->getIntrinsicID() == llvm::Intrinsic::preserve_union_access_index) return true;
      address = call->getArgOperand(0);
    }
  }

  // clang calls a union's type "union.TAG", and no other.
  static bool is_union_on_the_way(llvm::GEPOperator& gep) {
    for (auto type = llvm::gep_type_begin(gep), end = llvm::gep_type_end(gep); type != end; ++type) {
      auto* inner = llvm::dyn_cast<llvm::StructType>(type.getIndexedType());
      if (inner && inner->hasName() && inner->getName().starts_with("union.")) return true;
    }
    return false;
  }

  bool is_context(Value* address) {
    while (auto* gep = llvm::dyn_cast<llvm::GEPOperator>(address)) address = gep->getPointerOperand();
    if (auto* call = llvm::dyn_cast<llvm::CallBase>(address);
        call && (call->getIntrinsicID() == llvm::Intrinsic::preserve_struct_access_index ||
                 call->getIntrinsicID() == llvm::Intrinsic::preserve_union_access_index)) {
      return is_context(call->getArgOperand(0));
    }
    return llvm::isa<llvm::Argument>(address);
  }

  // Arguments of typed contexts are u64 in C.
  Memory from_integer(Value* number) {
    if (auto* cast = llvm::dyn_cast<llvm::PtrToIntInst>(number)) return memory(cast->getOperand(0));
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(number)) return loaded(*load);
    return Memory::kOther;
  }

  // One slot serves the whole function: every probe read is followed at once by the load of what it read. The stack is
  // small.
  llvm::AllocaInst* slot(uint64_t size) {
    IRBuilder<> builder(&function_.getEntryBlock(), function_.getEntryBlock().begin());
    if (!slot_) slot_ = builder.CreateAlloca(builder.getInt8Ty());
    slot_size_ = std::max(slot_size_, size);
    slot_->setAllocatedType(llvm::ArrayType::get(builder.getInt8Ty(), slot_size_));
    slot_->setAlignment(llvm::Align(8));
    return slot_;
  }

  void replace_load(llvm::LoadInst& load) {
    uint64_t size = function_.getParent()->getDataLayout().getTypeStoreSize(load.getType());
    IRBuilder<> builder(&load);
    auto* target = slot(size);
    call_helper(builder, probe_read_, {target, builder.getInt64(size), load.getPointerOperand()});
    auto* value = builder.CreateAlignedLoad(load.getType(), target, llvm::Align(8));
    value->takeName(&load);
    load.replaceAllUsesWith(value);
    load.eraseFromParent();
  }

  void replace_copy(llvm::MemTransferInst& copy) {
    IRBuilder<> builder(&copy);
    call_helper(
        builder, probe_read_,
        {copy.getRawDest(), builder.CreateZExtOrTrunc(copy.getLength(), builder.getInt64Ty()), copy.getRawSource()});
    copy.eraseFromParent();
  }

  // memcmp(kernel, "abc", 3): the kernel's bytes are brought to the stack first.
  void fetch_arguments(llvm::CallBase& compare) {
    auto* length = llvm::dyn_cast<llvm::ConstantInt>(compare.getArgOperand(2));
    if (!length || length->getZExtValue() > 256) return;
    for (unsigned i : {0u, 1u}) {
      if (!is_foreign(compare.getArgOperand(i))) continue;
      IRBuilder<> builder(&function_.getEntryBlock(), function_.getEntryBlock().begin());
      auto* target = builder.CreateAlloca(llvm::ArrayType::get(builder.getInt8Ty(), length->getZExtValue()));
      builder.SetInsertPoint(&compare);
      call_helper(builder, probe_read_, {target, builder.getInt64(length->getZExtValue()), compare.getArgOperand(i)});
      compare.setArgOperand(i, target);
    }
  }

  llvm::Function& function_;
  std::optional<ContextKind> entry_;  // of a program's entry; nothing for a subprogram
  llvm::DenseMap<Value*, Memory> known_;
  llvm::SmallVector<Value*> answers_;  // the keys of known_, in the order they came
  llvm::AllocaInst* slot_ = nullptr;
  uint64_t slot_size_ = 0;
  std::optional<KernelPointers> kernel_;
  uint64_t probe_read_ = kProbeRead;
};

// The kernel gives programs on packets and sockets the newer helpers alone, and BCC's have the older ones.
void use_newer_probe_reads(llvm::Function& function) {
  for (auto& instruction : llvm::instructions(function)) {
    auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
    uint64_t number = call ? helper_number(*call) : 0;
    uint64_t newer = number == kProbeRead ? kProbeReadKernel : number == kProbeReadString ? kProbeReadKernelString : 0;
    if (!newer) continue;
    auto* address = llvm::ConstantInt::get(llvm::Type::getInt64Ty(call->getContext()), newer);
    call->setCalledOperand(llvm::ConstantExpr::getIntToPtr(address, call->getCalledOperand()->getType()));
  }
}

}  // namespace

void insert_kernel_reads(llvm::Module& module, const std::vector<Entry>& entries) {
  llvm::DenseMap<llvm::Function*, ContextKind> contexts;
  bool has_networking = false;
  for (const auto& entry : entries) {
    contexts[entry.function] = entry.context;
    if (entry.context != ContextKind::kNetworking) continue;
    has_networking = true;
    use_newer_probe_reads(*entry.function);
    FunctionReads(entry).rewrite();
  }
  for (auto& function : module) {
    if (function.isDeclaration()) continue;
    auto known = contexts.find(&function);
    bool is_entry = known != contexts.end();
    if (is_entry && known->second == ContextKind::kNetworking) continue;
    if (!is_entry && has_networking) continue;  // a subprogram of theirs: packet pointers are no kernel pointers
    FunctionReads(function, is_entry ? std::optional(known->second) : std::nullopt).rewrite();
  }
}

}  // namespace sonde::compile
