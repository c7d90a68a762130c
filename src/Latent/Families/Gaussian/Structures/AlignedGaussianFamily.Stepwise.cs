namespace Latent.Families;

public partial class AlignedGaussianFamily : IStepwiseFamily<DiagonalGaussian>
{
    /// <inheritdoc/>
    public void MoveOrigin(Span<double> statistics, ReadOnlySpan<DiagonalGaussian> from, ReadOnlySpan<DiagonalGaussian> to) => _single.MoveOrigin(statistics, from, to);
}
