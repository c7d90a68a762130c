namespace Latent.Engine.Acceleration;

/// <summary>One evaluation of the map: θ, F(θ), L(θ) and, where the map knows it, ∇L(θ).</summary>
internal sealed class EmPass(int length, bool gradient)
{
    public double[] Point { get; } = new double[length];

    public double[] Image { get; } = new double[length];

    public double[] Gradient { get; } = new double[gradient ? length : 0];

    /// <summary>F(θ) − θ.</summary>
    public double[] Residual { get; } = new double[length];

    /// <summary>L(θ); NaN where undefined.</summary>
    public double Objective = double.NaN;

    /// <summary>‖F(θ) − θ‖ in the metric.</summary>
    public double ResidualNorm = double.NaN;

    public void SetPoint(ReadOnlySpan<double> point) => point.CopyTo(Point);

    /// <summary>Derives the residual once the map has written the image.</summary>
    public void Complete(Metric metric)
    {
        for (int j = 0; j < Residual.Length; j++)
        {
            Residual[j] = Image[j] - Point[j];
        }
        ResidualNorm = metric.Norm(Residual);
    }

    public void Transfer(StateTransfer state)
    {
        state.Numbers(Point);
        state.Numbers(Image);
        state.Numbers(Gradient);
        state.Numbers(Residual);
        state.Number(ref Objective);
        state.Number(ref ResidualNorm);
    }
}
