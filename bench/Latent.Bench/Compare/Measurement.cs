using System.Text.Json.Serialization;

namespace Latent.Bench.Compare;

/// <summary>One timed fit. Peers print it as a JSON object on a line of its own.</summary>
/// <param name="Peer">Who did it.</param>
/// <param name="Version">In which version.</param>
/// <param name="Variant">By which algorithm, where there are several.</param>
/// <param name="Seconds">Time of the fit alone.</param>
/// <param name="Iterations">Iterations done.</param>
/// <param name="Objective">The objective reached, as the peer reports it.</param>
internal sealed record Measurement(
    [property: JsonPropertyName("peer")] string Peer,
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("variant")] string Variant,
    [property: JsonPropertyName("seconds")] double Seconds,
    [property: JsonPropertyName("iterations")] int Iterations,
    [property: JsonPropertyName("objective")] double Objective)
{
    /// <summary>Milliseconds of one iteration.</summary>
    public double Milliseconds => Seconds / Iterations * 1000;
}
