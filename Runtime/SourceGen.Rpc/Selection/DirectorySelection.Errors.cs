using System.Diagnostics.CodeAnalysis;
using SourceGen.Rpc.Discovery;

namespace SourceGen.Rpc.Selection;

/// <content>Why there is nobody to call, in words.</content>
internal sealed partial class DirectorySelection
{
    private static RpcException NotSent(RpcStatusCode code, string detail, Exception? cause = null) =>
        new(code, detail, cause) { Progress = RpcCallProgress.NotSent };

    [DoesNotReturn]
    private void ThrowUnknown(Exception? failure)
    {
        Open();
        if (failure is RpcException known) throw NotSent(known.Code, known.Detail, known);
        if (failure is not null)
        {
            throw NotSent(
                RpcStatusCode.Unavailable, $"the servers of {_condition.ServiceKey} could not be looked up. "
                + (failure is OperationCanceledException ? "The directory gave up." : failure.Message),
                failure);
        }

        throw NotSent(
            RpcStatusCode.Unavailable,
            $"the registry did not say which servers offer {_condition.ServiceKey}. {_directory.State.Problem ?? "It has not answered yet."}");
    }

    /// <summary>Why there is nobody to call: no such service, filters that leave nobody, or nodes that will not do.</summary>
    private RpcException NobodyFits(SelectionView view, in PickRequest request)
    {
        int known = view.Steps[0].Left;
        if (known == 0)
        {
            string others = _directory.TryGet(Service, out ServiceSnapshot? all) && !all.Records.IsEmpty
                ? $" It knows {string.Join(", ", all.Records.Select(static record => record.Key))}."
                : "";
            return NotSent(RpcStatusCode.NotFound, $"the registry knows no server of {_condition.ServiceKey}.{others}");
        }

        if (view.AllNodes.Count == 0)
        {
            IEnumerable<string> steps = view.Steps.Skip(1).Select(static step => $"{step.Filter} leaves {step.Left:N0}");
            return NotSent(
                RpcStatusCode.Unavailable, $"{known:N0} servers of {_condition.ServiceKey} are known, and the filters leave none: {string.Join(", ", steps)}.");
        }

        string why = request.ConnectedOnly ? "is connected" : "will do";
        string ejected = string.Join("; ", view.Ejected.Take(10).Select(Describe));
        string more = view.Ejected.Length > 10 ? $"; and {view.Ejected.Length - 10:N0} more" : "";
        return NotSent(
            RpcStatusCode.Unavailable,
            $"none of the {view.AllNodes.Count:N0} servers of {_condition.ServiceKey} {why}."
            + (ejected.Length > 0 ? $" Ejected are {ejected}{more}." : ""));
    }

    private string Describe(NodeState node)
    {
        NodeEjection? ejection = _selector.GetEjection(node);
        if (ejection is null) return node.ToString();
        TimeSpan left = ejection.Until - _selector.Now;
        return FormattableString.Invariant($"{node} for another {Math.Max(0, left.TotalSeconds):0.#} s ({ejection.Detail})");
    }
}
