namespace Latent.Families;

/// <summary>How a value is known, as written in the column beside it.</summary>
internal static class Censoring
{
    /// <summary>The value is a lower limit: the true one lies above it.</summary>
    public const double Right = 1;

    /// <summary>The value is an upper limit: the true one lies below it.</summary>
    public const double Left = -1;

    /// <summary>Null where the row is a value of the right kind and a code; else what is wrong.</summary>
    public static (int Column, string Expected)? Misfit(ReadOnlySpan<double> row, bool left, double least, string value) => !(row[0] >= least)
        ? (0, value)
        : row[1] is 0 or Right || (left && row[1] == Left) ? null : (1, left ? "0 (observed), 1 (the true value is larger) or -1 (smaller)" : "0 (observed) or 1 (the true value is larger)");
}
