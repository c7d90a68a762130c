namespace Latent.Data;

/// <summary>
/// A table of independent rows, in memory or in a mapped file: what models of rows and their initialisers read.
/// Every cell is finite or NaN (missing); a categorical column holds the codes of its levels.
/// </summary>
/// <remarks>Sources derive from <see cref="RowSource"/>, which arrays and matrices convert to.</remarks>
public interface IRowSource : IDataSource<RowChunk>
{
    /// <summary>The number of rows; zero is a valid, empty source.</summary>
    long Rows { get; }

    /// <summary>The number of columns: <see cref="Schema"/>.Count.</summary>
    int Columns => Schema.Count;

    /// <summary>The names and kinds of the columns.</summary>
    Schema Schema { get; }

    /// <summary>Whether rows carry weights of their own; without, each weighs one.</summary>
    bool HasWeights { get; }

    /// <summary>The sum of the weights; the number of rows when there are none.</summary>
    double TotalWeight { get; }

    /// <summary>The number of missing cells (NaN), counted once over the whole table.</summary>
    long MissingCells { get; }

    /// <summary>What is known of the components of the rows, for mixtures, which maximise the likelihood of rows and labels; empty where nothing is.</summary>
    KnownComponents Known => default;

    /// <summary>The weight of a row: one when there are no weights.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The row is not in [0, <see cref="Rows"/>).</exception>
    double Weight(long row);

    /// <summary>Copies one row, as float64.</summary>
    /// <param name="row">The index of the row in the whole table.</param>
    /// <param name="target">At least <see cref="Columns"/> long.</param>
    /// <exception cref="ArgumentOutOfRangeException">The row is not in [0, <see cref="Rows"/>).</exception>
    void CopyRow(long row, Span<double> target);
}
