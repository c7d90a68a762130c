namespace Latent.Tests.Kernels;

/// <summary>Tests that change the register width in use; one after another, so that each runs the width it names.</summary>
[CollectionDefinition("simd level")]
public class SimdLevelCollection;
