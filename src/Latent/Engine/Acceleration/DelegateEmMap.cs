namespace Latent.Engine.Acceleration;

/// <summary>A fixed-point map and an objective given as two functions.</summary>
internal sealed class DelegateEmMap(int length, FixedPointMap map, FixedPointObjective? objective) : IEmMap
{
    public int Length => length;

    public bool HasObjective => objective is not null;

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, out double value)
    {
        map(point, image);
        value = objective is null ? 0 : objective(point);
        return true;
    }
}
