// C text in, object file out: the steps of one compilation.
#include "compile/compiler.h"

#include "compile/backend.h"
#include "compile/front_end.h"
#include "compile/target.h"

namespace sonde::compile {
namespace {

enum DebugFlags : unsigned { kPrintIr = 1, kPrintInstructions = 2, kPrintPreprocessed = 4, kPrintSource = 8 };

BackendOptions backend_options(const spec::Request& request, const Surroundings& surroundings, FrontEnd& front_end) {
  BackendOptions options;
  options.with_variants = request.with_variants || request.portable;
  options.print_ir = request.debug & kPrintIr;
  options.print_source = request.debug & kPrintSource;
  options.print_instructions = request.debug & (kPrintInstructions | kPrintSource);
  options.output = surroundings.output;
  options.error = [&](const std::string& text, unsigned line, unsigned column) { front_end.error(text, line, column); };
  return options;
}

}  // namespace

Result<std::string> compile(const spec::Request& request, const Surroundings& surroundings) {
  ASSIGN_OR_RETURN(Target target, Target::open(request.btf_path, request.release, surroundings.tracepoint_format));
  spec::Spec spec;
  spec.source_name = request.file_name;
  spec.target = request.release;
  spec.portable = request.portable;

  FrontEnd front_end(request, target, surroundings);
  if (request.debug & kPrintPreprocessed) surroundings.output(front_end.preprocessed());
  llvm::LLVMContext context;
  std::vector<ProgramShape> programs;
  auto module = front_end.translate(context, spec, programs);
  for (const auto& file : front_end.user_files().opened) surroundings.used_file(file);
  if (!module) {
    front_end.flush_diagnostics();
    return tl::unexpected(module.error());
  }
  auto object = generate(**module, programs, spec, backend_options(request, surroundings, front_end));
  bool mistaken = front_end.has_errors();
  front_end.flush_diagnostics();
  if (object && mistaken) return base::fail(ErrorKind::kCompile, "the program does not compile");
  return object;
}

}  // namespace sonde::compile
