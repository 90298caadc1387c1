#include "compile/backend.h"

#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/PassManager.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/Target/TargetOptions.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/IPO/Inliner.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include "compile/object/disassembly.h"
#include "compile/object/object_file.h"
#include "compile/object/release_code_pages.h"
#include "compile/passes/atomics.h"
#include "compile/passes/backend_limits.h"
#include "compile/passes/debug_information.h"
#include "compile/passes/entry_points.h"
#include "compile/passes/fatal_errors.h"
#include "compile/passes/field_queries.h"
#include "compile/passes/helper_memory.h"
#include "compile/passes/ir_checks.h"
#include "compile/passes/kernel_reads.h"
#include "compile/passes/large_blocks.h"
#include "compile/passes/local_memory.h"
#include "compile/passes/method_calls.h"
#include "compile/passes/negative_indices.h"
#include "compile/passes/packet_context.h"
#include "compile/passes/perf_context.h"
#include "compile/passes/stable_order.h"
#include "compile/passes/unused_queries.h"
#include "compile/passes/usdt_reads.h"
#include "compile/passes/variants.h"
#include "compile/passes/wide_numbers.h"

extern "C" {
void LLVMInitializeBPFTarget();
void LLVMInitializeBPFTargetInfo();
void LLVMInitializeBPFTargetMC();
void LLVMInitializeBPFAsmPrinter();
void LLVMInitializeBPFAsmParser();
void LLVMInitializeBPFDisassembler();
}

namespace sonde::compile {
namespace {

// Passes mistakes that LLVM finds (the stack is too large, a library call) on to the user, where they are in his text.
class Complaints : public llvm::DiagnosticHandler {
 public:
  Complaints(const llvm::Module& module, const BackendOptions& options, std::vector<Entry>& entries)
      : module_(module), options_(options), entries_(entries) {}

  bool handleDiagnostics(const llvm::DiagnosticInfo& info) override {
    if (info.getSeverity() != llvm::DS_Error) return true;
    if (const auto* located = llvm::dyn_cast<llvm::DiagnosticInfoUnsupported>(&info)) {
      if (!drop_variant(located->getFunction())) complain(*located);
      return true;
    }
    if (const auto* assembly = llvm::dyn_cast<llvm::DiagnosticInfoInlineAsm>(&info)) {
      complain_of_assembly(assembly->getMsgStr().str(), assembly->getLocCookie());
      return true;
    }
    if (const auto* assembly = llvm::dyn_cast<llvm::DiagnosticInfoSrcMgr>(&info)) {
      complain_of_assembly(assembly->getSMDiag().getMessage().str(), assembly->getLocCookie());
      return true;
    }
    std::string text;
    llvm::raw_string_ostream stream(text);
    llvm::DiagnosticPrinterRawOStream printer(stream);
    info.print(printer);
    options_.error(stream.str(), 0, 0);
    return true;
  }

 private:
  // A variant needs a little more stack than the program: where that is too much, there is none.
  bool drop_variant(const llvm::Function& function) {
    for (Entry& entry : entries_) {
      for (Variant& variant : entry.variants) {
        if (variant.function != &function) continue;
        variant.found.symbol.clear();
        variant.found.differs = "the program's stack has no room for more";
        return true;
      }
    }
    return false;
  }

  // clang's cookie is the place of a piece of assembly text; the instruction that has it knows its line.
  void complain_of_assembly(const std::string& text, uint64_t cookie) {
    for (const auto& function : module_) {
      for (const auto& instruction : llvm::instructions(function)) {
        const auto* places = instruction.getMetadata("srcloc");
        bool is_it = places && llvm::any_of(places->operands(), [&](const llvm::MDOperand& place) {
                       return llvm::mdconst::extract<llvm::ConstantInt>(place)->getZExtValue() == cookie;
                     });
        if (is_it) return complain_at(instruction, "inline assembly: " + text, options_.error);
      }
    }
    options_.error("inline assembly: " + text, 0, 0);
  }

  void complain(const llvm::DiagnosticInfoUnsupported& info) {
    std::string text;
    llvm::raw_string_ostream(text) << info.getMessage();
    const auto* function = info.getFunction().getSubprogram();
    auto where = info.getLocation();
    // The stack is the whole function's; the instruction that LLVM names is any of it.
    bool is_of_function = text.find("stack limit") != text.npos;
    if (function && (is_of_function || !where.isValid())) options_.error(text, function->getLine(), 1);
    else options_.error(text, where.isValid() ? where.getLine() : 0, where.isValid() ? where.getColumn() : 0);
  }

  const llvm::Module& module_;
  const BackendOptions& options_;
  std::vector<Entry>& entries_;
};

Result<std::unique_ptr<llvm::TargetMachine>> make_machine() {
  LLVMInitializeBPFTargetInfo();
  LLVMInitializeBPFTarget();
  LLVMInitializeBPFTargetMC();
  LLVMInitializeBPFAsmPrinter();
  LLVMInitializeBPFAsmParser();
  std::string why;
  const auto* target = llvm::TargetRegistry::lookupTarget("bpfel", why);
  if (!target) return base::fail(ErrorKind::kFailed, "LLVM has no BPF target: " + why);
  llvm::TargetOptions options;
  return std::unique_ptr<llvm::TargetMachine>(
      target->createTargetMachine("bpfel", "v3", "", options, llvm::Reloc::PIC_, {}, llvm::CodeGenOptLevel::Default));
}

// Loops must not become calls of library functions: there is no library.
llvm::TargetLibraryInfoImpl no_library() {
  llvm::TargetLibraryInfoImpl library(llvm::Triple("bpfel"));
  library.disableAllFunctions();
  return library;
}

struct RestoreOrder : llvm::PassInfoMixin<RestoreOrder> {
  llvm::PreservedAnalyses run(llvm::Module& module, llvm::ModuleAnalysisManager&) {
    restore_order(module);
    return llvm::PreservedAnalyses::all();
  }
};

class Pipeline {
 public:
  Pipeline(llvm::TargetMachine& machine, llvm::Module& module)
      : module_(module), builder_(&machine, llvm::PipelineTuningOptions(), std::nullopt, &instrumentation_) {
    instrumentation_.registerShouldRunOptionalPassCallback(
        [](llvm::StringRef pass, llvm::Any) { return is_for_bpf(pass); });
    functions_.registerPass([] { return llvm::TargetLibraryAnalysis(no_library()); });
    builder_.registerModuleAnalyses(modules_);
    builder_.registerCGSCCAnalyses(cgscc_);
    builder_.registerFunctionAnalyses(functions_);
    builder_.registerLoopAnalyses(loops_);
    builder_.crossRegisterProxies(loops_, functions_, cgscc_, modules_);
    machine.registerPassBuilderCallbacks(builder_);
    builder_.registerPipelineStartEPCallback(
        [](llvm::ModulePassManager& passes, llvm::OptimizationLevel) { passes.addPass(RestoreOrder()); });
  }

  // A function is made simple before it is inlined into others, whatever they are: it is copied to each of them.
  void inline_everything() {
    llvm::FunctionPassManager tidy;
    tidy.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
    tidy.addPass(llvm::EarlyCSEPass());
    llvm::CGSCCPassManager callees_first;
    callees_first.addPass(llvm::InlinerPass(/*OnlyMandatory=*/true));
    callees_first.addPass(llvm::createCGSCCToFunctionPassAdaptor(std::move(tidy)));
    llvm::ModulePassManager passes;
    passes.addPass(llvm::GlobalDCEPass());  // of the tens of functions that each map comes with, most are not called
    passes.addPass(llvm::createModuleToPostOrderCGSCCPassAdaptor(std::move(callees_first)));
    run(passes);
  }

  void optimize() {
    auto passes = builder_.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O2);
    run(passes);
  }

  // Of what nothing uses any more.
  void tidy(llvm::Function& function) {
    llvm::FunctionPassManager passes;
    passes.addPass(llvm::ADCEPass());
    passes.addPass(llvm::SimplifyCFGPass());
    passes.run(function, functions_);
    functions_.clear();
  }

 private:
  static bool is_for_bpf(llvm::StringRef pass) {
    return pass != "RelLookupTableConverterPass";  // a program's data holds no addresses, nor differences of them
  }

  void run(llvm::ModulePassManager& passes) {
    passes.run(module_, modules_);
    modules_.clear();
    functions_.clear();
    cgscc_.clear();
    loops_.clear();
  }

  llvm::Module& module_;
  llvm::PassInstrumentationCallbacks instrumentation_;
  llvm::PassBuilder builder_;
  llvm::LoopAnalysisManager loops_;
  llvm::FunctionAnalysisManager functions_;
  llvm::CGSCCAnalysisManager cgscc_;
  llvm::ModuleAnalysisManager modules_;
};

Result<std::string> emit(llvm::TargetMachine& machine, llvm::Module& module) {
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  passes.add(new llvm::TargetLibraryInfoWrapperPass(no_library()));
  if (machine.addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile)) {
    return base::fail(ErrorKind::kFailed, "LLVM cannot write BPF objects");
  }
  passes.run(module);
  return std::string(bytes.begin(), bytes.end());
}

void list_programs(const std::vector<Entry>& entries, spec::Spec& spec) {
  for (const auto& entry : entries) {
    const ProgramShape& shape = *entry.program;
    spec.programs.push_back(
        {shape.name, entry.function->getName().str(), shape.hook, shape.auto_attach, shape.line, {}});
    for (const auto& variant : entry.variants) spec.programs.back().variants.push_back(variant.found);
  }
}

std::string printed(const llvm::Module& module) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module.print(stream, nullptr);
  return stream.str();
}

tl::unexpected<Error> mistaken() { return base::fail(ErrorKind::kCompile, "the program does not compile"); }

}  // namespace

Result<std::string> generate(llvm::Module& module, const std::vector<ProgramShape>& programs, spec::Spec& spec,
                             const BackendOptions& options) {
  std::vector<Entry> entries;
  module.getContext().setDiagnosticHandler(std::make_unique<Complaints>(module, options, entries));
  ASSIGN_OR_RETURN(auto machine, make_machine());
  module.setDataLayout(machine->createDataLayout());

  SourceTexts texts;
  if (!options.print_source) {
    drop_variables(module);
    leave_out_dwarf(module);
    texts = take_texts(module);
  }
  resolve_method_calls(module);
  lower_negative_indices(module);
  entries = make_entries(module, programs, options.variants);
  zero_local_memory(module);
  keep_queries_apart(module);
  Pipeline pipeline(*machine, module);
  pipeline.inline_everything();
  forward_handed_out_numbers(module);
  for (const Entry& entry : entries) resolve_contexts(*entry.function);
  resolve_packet_contexts(module, entries, options.error);
  settle_variants(entries, options.variants);
  if (resolve_usdt_reads(module, entries, options)) pipeline.inline_everything();
  for (const Entry& entry : entries) read_whole_registers(entry);
  if (!check_jumps(module, options.error)) return mistaken();
  check_kernel_writes(module, entries, options.error);
  insert_kernel_reads(module, entries);
  describe_helper_calls(module);
  trim_zeros(module);
  loop_over_large_blocks(module);
  drop_unused_queries(module);
  pipeline.optimize();
  make_variants(entries, [&](llvm::Function& copy) { pipeline.tidy(copy); });
  lower_atomics(module);
  lower_wide_numbers(module);
  check_undefined(module, options.error);
  check_addresses_in_data(module, options.error);
  if (options.print_ir) options.output(printed(module));
  if (!check_instructions(module, options.error)) return mistaken();

  release_code_pages();  // of the passes
  FatalErrors fatal_errors(module, options);
  ASSIGN_OR_RETURN(std::string object, emit(*machine, module));
  list_programs(entries, spec);
  if (options.print_instructions) options.output(disassemble(object, options.print_source));
  return finish_object(object, texts, spec);
}

}  // namespace sonde::compile
