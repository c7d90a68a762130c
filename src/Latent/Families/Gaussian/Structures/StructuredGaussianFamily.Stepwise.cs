namespace Latent.Families;

public partial class StructuredGaussianFamily : IStepwiseFamily<Gaussian>
{
    /// <inheritdoc/>
    public void MoveOrigin(Span<double> statistics, ReadOnlySpan<Gaussian> from, ReadOnlySpan<Gaussian> to) => _single.MoveOrigin(statistics, from, to);
}
