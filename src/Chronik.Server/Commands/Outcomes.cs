using Chronik.Server.Output;

namespace Chronik.Server.Commands;

/// <summary>Says what was done.</summary>
internal static class Outcomes
{
    public static void Write(ClusterCommand.Call call, List<Outcome> outcomes, string noun)
    {
        if (call.IsJson)
        {
            Json.Write(call.Context.Output, outcomes, JsonShapes.Default.ListOutcome);
            return;
        }

        foreach (var outcome in outcomes)
            call.Context.Output.WriteLine($"{noun} {outcome.Name}: {outcome.Result}.");
    }
}
