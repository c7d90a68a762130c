namespace Latent.Mpi;

/// <summary>MPI is not there, was not started by a launcher, or reports that a call failed.</summary>
/// <remarks>After a failed call the job cannot go on: call <see cref="MpiCommunicator.Abort"/>.</remarks>
public sealed class MpiException(string message) : Exception(message);
