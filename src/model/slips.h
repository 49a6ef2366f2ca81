// Slips of the pen that YAML itself does not see: a template without quotes that YAML reads as a map or cuts as a comment.
#pragma once

#include <string>
#include <vector>

#include "model/document.h"
#include "model/locate.h"

namespace itemize::model {

/// Looks at every line of a file that is not YAML for `PK: {id}` and `PK: CUSTOMER #{id}` and reports them.
void find_template_slips(const Lines& lines, std::vector<Finding>& findings);

/// What may be wrong with a line that YAML refuses, in words for a hint.
std::string syntax_hint(const Lines& lines, int line);

/// True where `node` is a plain scalar that YAML cut at ` #{`: the template's rest became a comment.
bool cut_by_comment(const Lines& lines, const Node& node);

/// True where the file goes on right behind the `}` of a flow map, as in `{a}#{b}`.
bool goes_on_after(const Lines& lines, const Node& map);

/// The template that was meant, where `node` is a flow map that looks like one ("{id}", "{lower(email)}"); else empty.
std::string unquoted_template(const Node& node);

}  // namespace itemize::model
