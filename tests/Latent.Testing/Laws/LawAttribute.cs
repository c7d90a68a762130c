using Xunit;
using Xunit.Sdk;

namespace Latent.Testing;

/// <summary>
/// A law that every subject of a suite must obey. A law that <see cref="Needs"/> an ability is a test only where the
/// subject's class overrides the member that supplies it: what a subject cannot do is no test, rather than one that cannot fail.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Latent.Testing.LawDiscoverer", "Latent.Testing")]
public sealed class LawAttribute : FactAttribute
{
    /// <summary>The name of the virtual member that a subject must override to be held to this law, or null: every subject.</summary>
    public string? Needs { get; init; }
}
