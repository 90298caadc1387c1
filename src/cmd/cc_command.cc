// `sonde cc`: C text into a portable object, which runs on other kernels without a compiler.
#include <memory>

#include <CLI/CLI.hpp>

#include "base/output_file.h"
#include "cmd/commands.h"
#include "cmd/program_file.h"

namespace sonde::cmd {

namespace {

struct Arguments {
  CompilerFlags flags;
  std::string input;
  std::string output;
};

// As cc -c does: the object goes where the command is given.
std::string default_output(const std::string& input) {
  std::string name = input.substr(input.rfind('/') + 1);
  return name.substr(0, name.rfind('.')) + ".o";
}

Result<int> build(Arguments& arguments) {
  if (arguments.output.empty()) arguments.output = default_output(arguments.input);
  arguments.flags.portable = true;
  RETURN_IF_ERROR(base::check_output(arguments.output));
  ASSIGN_OR_RETURN(Object object, compile_file(arguments.input, arguments.flags));
  RETURN_IF_ERROR(base::write_output(arguments.output, object.bytes()));
  return 0;
}

}  // namespace

Action add_cc(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* cc =
      app.add_subcommand("cc", "Compile a program into an object that runs on other kernels, without a compiler there");
  cc->add_option("FILE", arguments->input, "C text, in BCC's dialect or in libbpf's style")->required();
  cc->add_option("-o,--output", arguments->output, "the object to write (default: FILE with .o, here)")
      ->type_name("FILE");
  add_compiler_flags(*cc, arguments->flags);
  return [arguments] { return build(*arguments); };
}

}  // namespace sonde::cmd
