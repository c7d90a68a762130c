namespace Latent.Mixtures;

/// <summary>The noise component of a fit.</summary>
public sealed record NoiseOptions
{
    /// <summary>What the noise spreads over. Default: the smaller of the bounding box and the box along the principal axes.</summary>
    public NoiseVolume Volume { get; init; } = NoiseVolume.Smaller;

    /// <summary>A volume of one's own, in the units of the columns' product; null (default): that of <see cref="Volume"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not positive and finite.</exception>
    public double? OwnVolume
    {
        get;
        init => field = value is null || (value > 0 && double.IsFinite(value.Value))
            ? value
            : throw new ArgumentOutOfRangeException(nameof(OwnVolume), value, "Expected a positive finite volume.");
    }

    /// <summary>The share of the rows that starts take for noise, unless they say which rows begin as noise. Default 0.05.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not between 0 and 1.</exception>
    public double StartWeight
    {
        get;
        init => field = value is > 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(StartWeight), value, "Expected a share above 0 and below 1.");
    } = 0.05;

    /// <summary>The noise of rows.</summary>
    internal UniformNoise Of(Data.IRowSource rows)
    {
        UniformNoise noise = UniformNoise.Of(rows, Volume);
        return OwnVolume is { } volume ? noise.WithVolume(volume) : noise;
    }
}
