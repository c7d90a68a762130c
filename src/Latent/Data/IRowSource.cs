namespace Latent.Data;

/// <summary>A table of independent rows, in memory or mapped from a file: what models of rows are fitted to.</summary>
public interface IRowSource : IDataSource<RowChunk>
{
    /// <summary>Values per row.</summary>
    int Columns { get; }

    /// <summary>Number of rows.</summary>
    long Rows { get; }

    /// <summary>One name per column.</summary>
    IReadOnlyList<string> ColumnNames { get; }

    /// <summary>Whether rows carry weights.</summary>
    bool Weighted { get; }
}
