#include "compile/passes/usdt_reads.h"

#include <llvm/ADT/DenseMap.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/ModuleUtils.h>

#include <algorithm>

#include <fmt/format.h>

#include "compile/passes/ir_checks.h"

namespace sonde::compile {
namespace {

constexpr const char* kReadArgument = "sonde_usdt_readarg";  // (argument, ctx, to, size), of sonde/programs.h
constexpr const char* kReaderPrefix = "_bpf_readarg_";

class Resolver {
 public:
  Resolver(llvm::Module& module, const std::vector<Entry>& entries, const BackendOptions& options)
      : module_(module), options_(options) {
    for (const auto& entry : entries) programs_[entry.function] = entry.program;
  }

  bool run() {
    if (auto* marker = module_.getFunction(kReadArgument)) {
      for (auto& function : module_) resolve_in(function, *marker);
    }
    let_readers_go();
    return replaced_;
  }

 private:
  // In the order of the program's text, as mistakes are told in it.
  void resolve_in(llvm::Function& function, const llvm::Function& marker) {
    llvm::SmallVector<llvm::CallInst*> calls;
    for (auto& instruction : llvm::instructions(function)) {
      auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction);
      if (call && call->getCalledFunction() == &marker) calls.push_back(call);
    }
    for (auto* call : calls) resolve(*call);
  }

  void resolve(llvm::CallInst& call) {
    auto program = programs_.find(call.getFunction());
    if (program == programs_.end()) {
      fail(call, fmt::format("bpf_usdt_readarg() in '{}', which is not inlined into a program",
                             std::string_view(call.getFunction()->getName())));
      return;
    }
    const std::string& name = program->second->name;
    auto* number = llvm::dyn_cast<llvm::ConstantInt>(call.getArgOperand(0));
    if (!number || number->getSExtValue() < 1) {
      fail(call, "the argument of a USDT probe is named by a constant, from 1 on");
      return;
    }
    uint64_t argument = number->getZExtValue();
    auto* reader = module_.getFunction(fmt::format("{}{}_{}", kReaderPrefix, name, argument));
    if (!reader) {
      fail(call, why_not(name, argument));
      return;
    }
    check_size(call, name, argument);
    replace(call, *reader);
  }

  const spec::UsdtProgram* find(const std::string& program) const {
    auto at = std::find_if(options_.usdt.begin(), options_.usdt.end(),
                           [&](const auto& each) { return each.program == program; });
    return at == options_.usdt.end() ? nullptr : &*at;
  }

  std::string why_not(const std::string& program, uint64_t argument) const {
    const auto* known = find(program);
    if (!known) return fmt::format("no USDT probe is enabled for {}", program);
    size_t count = known->arguments.size();
    if (argument > count)
      return fmt::format("{} has {} argument{}, not {}", known->probes, count, count == 1 ? "" : "s", argument);
    return fmt::format("argument {} of {} cannot be read: {}", argument, known->probes,
                       known->arguments[argument - 1].why_not);
  }

  void check_size(llvm::CallInst& call, const std::string& program, uint64_t argument) const {
    const auto* known = find(program);
    auto* room = llvm::dyn_cast<llvm::ConstantInt>(call.getArgOperand(3));
    if (!known || argument > known->arguments.size() || !room) return;
    const auto& wanted = known->arguments[argument - 1];
    uint64_t size = room->getZExtValue();
    if (size >= wanted.size && (size == 1 || size == 2 || size == 4 || size == 8)) return;
    complain_at(call,
                fmt::format("argument {} of {} is of type {}: reading it into {} byte{} gives -1", argument,
                            known->probes, wanted.type, size, size == 1 ? "" : "s"),
                options_.warning);
  }

  void replace(llvm::CallInst& call, llvm::Function& reader) {
    llvm::IRBuilder<> builder(&call);
    llvm::SmallVector<llvm::Value*, 3> arguments(call.arg_begin() + 1, call.arg_end());
    auto* read = builder.CreateCall(&reader, arguments);
    read->setCallingConv(reader.getCallingConv());
    read->setDebugLoc(call.getDebugLoc());
    call.replaceAllUsesWith(read);
    call.eraseFromParent();
    replaced_ = true;
  }

  // Reported once, and gone, so that no one complains of an unknown function as well.
  void fail(llvm::CallInst& call, const std::string& text) {
    complain_at(call, text, options_.error);
    call.replaceAllUsesWith(llvm::Constant::getAllOnesValue(call.getType()));
    call.eraseFromParent();
  }

  // They were marked as used to live until here.
  void let_readers_go() {
    llvm::removeFromUsedLists(module_, [](llvm::Constant* used) { return used->getName().starts_with(kReaderPrefix); });
    for (auto& function : llvm::make_early_inc_range(module_)) {
      if (function.getName().starts_with(kReaderPrefix) && function.use_empty()) function.eraseFromParent();
    }
  }

  llvm::Module& module_;
  const BackendOptions& options_;
  llvm::DenseMap<const llvm::Function*, const ProgramShape*> programs_;
  bool replaced_ = false;
};

}  // namespace

bool resolve_usdt_reads(llvm::Module& module, const std::vector<Entry>& entries, const BackendOptions& options) {
  return Resolver(module, entries, options).run();
}

}  // namespace sonde::compile
