using Latent.Engine;
using Latent.Engine.Acceleration;

namespace Latent;

/// <summary>Plain EM, θ ← F(θ): one pass a step [DempsterLairdRubin1977].</summary>
public sealed record PlainEm : Accelerator
{
    internal override AcceleratorRun Start(RunContext context) => new Run(context);

    private sealed class Run(RunContext context) : AcceleratorRun(context, slots: 2)
    {
        private bool _started;

        protected override PassOutcome Advance(bool feasible)
        {
            CountMap();
            if (!feasible)
            {
                return PassOutcome.Failed;
            }
            PassOutcome outcome = Accept(_started);
            _started = true;
            Request(1 - Current, Incumbent.Image);
            return outcome;
        }

        public override void Transfer(StateTransfer state)
        {
            base.Transfer(state);
            state.Flag(ref _started);
        }
    }
}
