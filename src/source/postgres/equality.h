// How PostgreSQL compares the values of a column for equality.
#pragma once

#include "row/catalog.h"
#include "source/postgres/relation.h"

namespace itemize::source::postgres {

/// Texts under a deterministic collation are equal only if their bytes are (collation.html, 24.2.2.4); citext has a key form.
row::Equality equality_of(const row::Type& type, bool deterministic_collation);

/// The SELECT list entry of a column's key form: bytes, or a text, that are equal where the values are.
std::string key_form_expression(const std::string& column);

}  // namespace itemize::source::postgres
