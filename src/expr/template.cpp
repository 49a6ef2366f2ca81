// Templates: "ORDER#{placed_at}#{sortable(id)}" as pieces of fixed text and expressions.
#include <algorithm>
#include <cctype>

#include "expr/binder.h"
#include "expr/nodes.h"
#include "expr/piece_facts.h"
#include "expr/program.h"

namespace itemize::expr {
namespace {

struct RawPiece {
  bool is_expression = false;
  std::string text;
  std::size_t offset = 0;  ///< Of the text, behind the brace.
};

/// The end of a quoted part that begins at `at`: behind the closing quote, or the end of the text.
std::size_t skip_quoted(std::string_view text, std::size_t at) {
  const char quote = text[at];
  // E'...' knows backslashes; the E is no part of a longer word.
  const auto letter = [&](std::size_t back) { return at >= back ? text[at - back] : ' '; };
  const bool escapes = quote == '\'' && (letter(1) == 'E' || letter(1) == 'e') &&
                       std::isalnum(static_cast<unsigned char>(letter(2))) == 0 && letter(2) != '_';
  for (++at; at < text.size(); ++at) {
    if (escapes && text[at] == '\\') {
      ++at;
      continue;
    }
    if (text[at] != quote) continue;
    if (at + 1 < text.size() && text[at + 1] == quote)
      ++at;
    else
      return at + 1;
  }
  return at;
}

/// Behind the brace that closes the expression beginning at `at`; npos where none does. Braces inside SQL strings, quoted names,
/// dollar quotes and comments do not count.
std::size_t find_close(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const char byte = text[at];
    if (byte == '}') return at;
    if (byte == '\'' || byte == '"') {
      at = skip_quoted(text, at);
    } else if (text.substr(at).starts_with("--")) {
      const std::size_t end = text.find('\n', at);
      if (end == std::string_view::npos) return end;
      at = end + 1;
    } else if (text.substr(at).starts_with("/*")) {
      const std::size_t end = text.find("*/", at + 2);
      if (end == std::string_view::npos) return end;
      at = end + 2;
    } else if (text.substr(at).starts_with("$$")) {
      const std::size_t end = text.find("$$", at + 2);
      if (end == std::string_view::npos) return end;
      at = end + 2;
    } else {
      ++at;
    }
  }
  return std::string_view::npos;
}

std::vector<RawPiece> split(std::string_view text, const Scope& scope, std::vector<Diagnostic>& diagnostics) {
  std::vector<RawPiece> pieces;
  std::string literal;
  std::size_t literal_offset = 0;
  const auto end_literal = [&] {
    if (!literal.empty()) pieces.push_back({false, std::move(literal), literal_offset});
    literal.clear();
  };
  for (std::size_t at = 0; at < text.size();) {
    const char byte = text[at];
    const bool doubled = at + 1 < text.size() && text[at + 1] == byte;
    if ((byte == '{' || byte == '}') && doubled) {
      if (literal.empty()) literal_offset = at;
      literal += byte;
      at += 2;
    } else if (byte == '}') {
      diagnostics.push_back({at, "a brace is closed that was not opened", "write }} for a brace that is text"});
      return {};
    } else if (byte == '{') {
      std::size_t close = find_close(text, at + 1);
      // A column whose name holds quotes would mislead the search: its name is looked for first.
      for (const Name& name : scope.names)
        if (text.substr(at + 1).starts_with(name.text) && at + 1 + name.text.size() < text.size() && text[at + 1 + name.text.size()] == '}')
          close = at + 1 + name.text.size();
      if (close == std::string_view::npos) {
        diagnostics.push_back({at, "this brace is not closed", "write {{ for a brace that is text"});
        return {};
      }
      end_literal();
      pieces.push_back({true, std::string(text.substr(at + 1, close - at - 1)), at + 1});
      at = close + 1;
    } else {
      if (literal.empty()) literal_offset = at;
      literal += byte;
      ++at;
    }
  }
  end_literal();
  return pieces;
}

}  // namespace

struct Compiler {
  /// Adds one expression to the program; false where it has mistakes.
  static bool add(Program& program, const RawPiece& raw, const Scope& scope, std::vector<Diagnostic>& diagnostics) {
    std::vector<Diagnostic> found;
    const BindContext context{scope, program.slots_, found};
    std::optional<Bound> bound = bind_name(raw.text, context);
    if (!bound) bound = bind_expression(raw.text, context);
    for (Diagnostic& diagnostic : found) {
      diagnostic.offset += raw.offset;
      diagnostics.push_back(std::move(diagnostic));
    }
    if (!bound) return false;
    Piece piece = std::move(bound->facts);
    piece.is_expression = true;
    piece.source = raw.text;
    program.pieces_.push_back(std::move(piece));
    program.nodes_.push_back(std::move(bound->node));
    program.types_.push_back(std::move(bound->type));
    return true;
  }

  static std::expected<Program, std::vector<Diagnostic>> finish(Program program, std::vector<Diagnostic> diagnostics) {
    if (!diagnostics.empty()) return std::unexpected(std::move(diagnostics));
    std::ranges::sort(program.slots_);
    const auto repeated = std::ranges::unique(program.slots_);
    program.slots_.erase(repeated.begin(), repeated.end());
    const bool single = program.pieces_.size() == 1 && program.pieces_.front().is_expression;
    program.type_ = single ? program.types_.front() : type_from(Sql::text);
    return program;
  }

  static std::expected<Program, std::vector<Diagnostic>> compile_template(std::string_view text, const Scope& scope) {
    Program program;
    std::vector<Diagnostic> diagnostics;
    for (const RawPiece& raw : split(text, scope, diagnostics)) {
      if (raw.is_expression) {
        add(program, raw, scope, diagnostics);
        continue;
      }
      Piece piece;
      piece.literal = raw.text;
      program.pieces_.push_back(std::move(piece));
      program.nodes_.push_back(nullptr);
      program.types_.push_back(type_from(Sql::text));
    }
    return finish(std::move(program), std::move(diagnostics));
  }

  static std::expected<Program, std::vector<Diagnostic>> compile_expression(std::string_view text, const Scope& scope) {
    Program program;
    std::vector<Diagnostic> diagnostics;
    add(program, {true, std::string(text), 0}, scope, diagnostics);
    return finish(std::move(program), std::move(diagnostics));
  }
};

std::expected<Program, std::vector<Diagnostic>> compile_template(std::string_view text, const Scope& scope) {
  return Compiler::compile_template(text, scope);
}
std::expected<Program, std::vector<Diagnostic>> compile_expression(std::string_view text, const Scope& scope) {
  return Compiler::compile_expression(text, scope);
}

Program::Program() = default;
Program::~Program() = default;
Program::Program(Program&&) noexcept = default;
Program& Program::operator=(Program&&) noexcept = default;

std::optional<std::size_t> Program::as_column() const { return pieces_.size() == 1 ? pieces_.front().slot : std::nullopt; }

std::expected<row::Cell, EvalError> Program::evaluate(std::span<const row::Cell> row, const Context& context, Arena& arena) const {
  Buffer scratch;
  if (pieces_.size() == 1 && pieces_.front().is_expression) {
    Frame frame{row, context, arena, scratch, false, {}};
    const row::Cell cell = nodes_.front()->evaluate(frame);
    if (frame.failed) return std::unexpected(EvalError{std::move(frame.error)});
    return cell;
  }
  const auto appended = append_text(row, context, arena, scratch);
  if (!appended) return std::unexpected(appended.error());
  return *appended ? row::Cell::text(arena.copy(scratch.view())) : row::Cell{};
}

std::expected<bool, EvalError> Program::append_text(std::span<const row::Cell> row, const Context& context, Arena& arena,
                                                    Buffer& out) const {
  const std::size_t begin = out.size();
  // The texts that functions hand to one another are made behind what is written already.
  Frame frame{row, context, arena, out, false, {}};
  for (std::size_t index = 0; index < pieces_.size(); ++index) {
    if (!pieces_[index].is_expression) {
      out.append(pieces_[index].literal);
      continue;
    }
    if (nodes_[index]->append(frame, types_[index], out)) continue;
    out.truncate(begin);
    if (frame.failed) return std::unexpected(EvalError{std::move(frame.error)});
    return false;
  }
  return true;
}

std::expected<void, EvalError> append_value_text(const row::Cell& cell, const row::Type& type, Buffer& out) {
  Arena arena(16);
  const Context context;
  Frame frame{{}, context, arena, out, false, {}};
  const std::size_t begin = out.size();
  if (append_piece(frame, cell, type, out)) return {};
  out.truncate(begin);
  return std::unexpected(EvalError{std::move(frame.error)});
}

}  // namespace itemize::expr
