// Gather: joins rows with all that belongs to them. Nothing is chosen, ordered or shaped here: that is the transform's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/related_rows.h"
#include "row/batch.h"

namespace itemize::pipeline {

/// What one row may gather; where it is more, the embed's cell is `invalid` and says so.
struct GatherLimits {
  std::uint64_t rows = 100'000;    ///< Of one embed.
  std::uint64_t bytes = 64 << 20;  ///< Of everything together.
};

/// By Join::number.
struct JoinCount {
  std::uint64_t found = 0;    ///< Rows handed to their owners.
  std::uint64_t missing = 0;  ///< Of a lookup: references that are not NULL and lead nowhere.
};

/// Widens rows of one table. One thread.
class Gatherer {
 public:
  Gatherer(const JoinedRows& rows, RelatedRows& related, std::size_t joins, GatherLimits limits = {});

  /// Rows as they were read, which must live until next() has given them all.
  Result<void> begin(const row::RowBatch& read);
  /// Some of them, widened: rows->width() cells each (see model/relations.h). `wide` is cleared first; its cells point into `read` and into
  /// its own arena. False: there are no more.
  Result<bool> next(row::RowBatch& wide);
  const std::vector<JoinCount>& counts() const { return counts_; }

 private:
  struct FoundRow {
    row::Cell* cells;
    row::Cell* forms;
  };
  /// A lookup's row, kept because the next rows may well refer to it too.
  struct Remembered {
    bool used = false;
    bool none = false;
    bool several = false;
    std::string key;
    std::string row;
  };

  Result<void> gather(const JoinedRows& rows, row::Cell* wide, const row::Cell* forms, std::size_t level);
  /// The three kinds of relations. `columns`: how many the owner's row has.
  Result<void> embed(const Join& join, row::Cell* wide, const row::Cell* forms, std::size_t columns, std::size_t level);
  Result<void> look_up(const Join& join, row::Cell* wide, const row::Cell* forms, std::size_t columns, std::size_t level);
  Result<void> follow(const Join& join, row::Cell* wide, const row::Cell* forms, std::size_t columns, std::size_t level);
  /// Takes the first of stored rows: its columns to `cells`, its key forms to `forms`.
  Result<void> take_row(const Join& join, std::string_view& rows, row::Cell* cells, row::Cell* forms);
  /// The row of key_, put at `cells` and `forms`; false where there is none.
  Result<bool> find_one(const Join& join, row::Cell* cells, row::Cell* forms);
  row::Cell* new_cells(std::size_t count);
  row::Cell invalid(const std::string& sentence);

  const JoinedRows& rows_;
  RelatedRows& related_;
  GatherLimits limits_;
  std::vector<JoinCount> counts_;
  std::vector<std::vector<Remembered>> remembered_;  // by Join::number
  std::vector<std::vector<FoundRow>> found_;         // by level: memory that is used again
  Buffer key_;
  const row::RowBatch* read_ = nullptr;
  std::size_t next_row_ = 0;
  Arena* arena_ = nullptr;   // of the batch that is being made
  std::uint64_t bytes_ = 0;  // that the present row took
};

}  // namespace itemize::pipeline
