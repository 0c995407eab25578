using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using SourceGen.Rpc.Client;
using SourceGen.Rpc.Errors;
using SourceGen.Rpc.InProcess;
using SourceGen.Rpc.Telemetry;
using SourceGen.Rpc.Wire;
using SourceGen.Rpc.Wire.Messages;

namespace SourceGen.Rpc.Server;

/// <summary>Calls that come from the same process and skip the message.</summary>
internal sealed partial class TypedServerMethod<TService, TRequest, TResponse>
{
    public override object? BindInProcess(InProcessLink link, RpcIsolation isolation)
    {
        // Whoever is judged, or counted by limits, is so where messages come in. Buffers belong to calls, and are not shared.
        bool needsMessages = _buffers is not null || link.Server.Access is not null || link.Server.Admission is not null;
        return needsMessages || isolation == RpcIsolation.Off ? null : new InProcess(this, link, isolation);
    }

    /// <summary>The method for callers at the other end of one link.</summary>
    private sealed class InProcess(TypedServerMethod<TService, TRequest, TResponse> method, InProcessLink link, RpcIsolation isolation)
        : InProcessMethod<TRequest, TResponse>
    {
        private readonly TypedServerMethod<TService, TRequest, TResponse> _method = method;
        private readonly InProcessLink _link = link;
        private readonly RpcConnection _server = link.Server;
        private readonly bool _copies = isolation == RpcIsolation.Serialize;
        private readonly Stack<InProcessCall<TResponse>> _moreFree = new();
        private InProcessCall<TResponse>? _free;

        public override bool TryInvoke(
            in TRequest request,
            CallTerms terms,
            DeclaredErrors? errors,
            CancellationToken cancellationToken,
            out ValueTask<TResponse> call)
        {
            call = default;

            // A thread with a scheduler of its own, such as that of a user interface, is not for handlers: they may block, and would come
            // back to it after each await. Nor is the end of a stack. Headers and listeners are served where messages are.
            if (terms.Headers is not null
                || Instruments.ObservesServers
                || SynchronizationContext.Current is not null
                || TaskScheduler.Current != TaskScheduler.Default
                || !RuntimeHelpers.TryEnsureSufficientExecutionStack()
                || ExecutionContext.Capture() is not { } callers)
            {
                return false;
            }

            if (!_copies) return TryInvoke(in request, callers, terms, errors, cancellationToken, out call);
            return TryCopy(in request, out TRequest copy) && TryInvoke(in copy, callers, terms, errors, cancellationToken, out call);
        }

        private bool TryInvoke(
            in TRequest request,
            ExecutionContext callers,
            CallTerms terms,
            DeclaredErrors? errors,
            CancellationToken cancellationToken,
            out ValueTask<TResponse> result)
        {
            if (!_link.TryEnter())
            {
                result = default;
                return false;
            }

            // Also without a limit: the watchdog must be awake while a call is under way. What remains of a call's time was read from the
            // system's clock, and is added to it again: the engine's own may lag, which calls within calls would lose over and over.
            _ = Watchdog.BusyNow;
            long deadline = terms.TimeoutMs < 0 ? long.MaxValue : Environment.TickCount64 + terms.TimeoutMs;
            bool flows = _server.PeerServes || (AmbientContext.IsInUse && _server.FlowsContext);
            bool cancellable = _method._cancellable;
            InProcessCall<TResponse>? call = flows || cancellable ? Rent() : null;
            RpcContext? context = flows
                ? new RpcContext(
                    _server, _method.Method.FullName, deadline, RpcHeaders.Empty, RpcHeaders.Empty, cancellable ? call!.Source : null)
                : null;
            CancellationToken token = cancellable ? call!.Source.Token : CancellationToken.None;
            if (call is not null) Begin(call, context, deadline, terms, cancellationToken);

            ConfiguredValueTaskAwaitable<TResponse>.ConfiguredValueTaskAwaiter awaiter = default;
            IAsyncDisposable? lease = null;
            TResponse? response = default;
            Exception? error = null;
            bool completed = true;
            BatchItem? item = DrainScope.ReplaceItem(null); // What the thread runs otherwise is not this call.
            if (callers != CleanContext.Value) ExecutionContext.Restore(CleanContext.Value);
            try
            {
                if (context is not null) AmbientContext.Value = context;
                TService service = _method._source.Shared ?? _method._source.Activate(out lease);
                awaiter = _method._handler(service, in request, token).ConfigureAwait(false).GetAwaiter();
                completed = awaiter.IsCompleted;
                if (completed) response = awaiter.GetResult();
            }
            catch (Exception e)
            {
                error = e;
            }
            finally
            {
                if (ExecutionContext.Capture() != callers) ExecutionContext.Restore(callers);
                DrainScope.ReplaceItem(item);
            }

            CallEnd end = new(context, deadline, terms, errors, cancellationToken);
            if (!completed)
            {
                if (call is null)
                {
                    call = Rent();
                    Begin(call, context, deadline, terms, cancellationToken);
                }

                result = WaitFor(awaiter, call, end, lease);
                return true;
            }

            Exception? early = call is null ? null : Release(call);
            Exception? failure = End(in end, early, ref response, error);
            Exit(lease);
            result = failure is null ? new ValueTask<TResponse>(response!) : Failed(failure);
            return true;
        }

        private static ValueTask<TResponse> Failed(Exception failure) => failure is OperationCanceledException cancelled
            ? ValueTask.FromCanceled<TResponse>(cancelled.CancellationToken)
            : ValueTask.FromException<TResponse>(failure);

        private void Begin(
            InProcessCall<TResponse> call, RpcContext? context, long deadline, CallTerms terms, CancellationToken cancellationToken)
        {
            try
            {
                call.Begin(context, deadline, terms, cancellationToken);
            }
            catch
            {
                // A token whose source is disposed of. The object may be registered with another one.
                call.Finish(out _);
                _link.Remove(call);
                _link.Exit();
                throw;
            }
        }

        /// <summary>Of its own, because what it captures is made where its method begins.</summary>
        private ValueTask<TResponse> WaitFor(
            ConfiguredValueTaskAwaitable<TResponse>.ConfiguredValueTaskAwaiter awaiter,
            InProcessCall<TResponse> call,
            CallEnd end,
            IAsyncDisposable? lease)
        {
            ValueTask<TResponse> outcome = call.Wait();
            awaiter.UnsafeOnCompleted(() => OnCompleted(awaiter, call, end, lease));
            return outcome;
        }

        /// <summary>The handler has come to its end later.</summary>
        private void OnCompleted(
            ConfiguredValueTaskAwaitable<TResponse>.ConfiguredValueTaskAwaiter awaiter,
            InProcessCall<TResponse> call,
            CallEnd end,
            IAsyncDisposable? lease)
        {
            TResponse? response = default;
            Exception? error = null;
            try
            {
                response = awaiter.GetResult();
            }
            catch (Exception e)
            {
                error = e;
            }

            call.Finish(out Exception? early);
            _link.Remove(call); // It is not used again: somebody may still wait for its outcome.
            Exception? failure = End(in end, early, ref response, error);
            Exit(lease);
            if (failure is null) call.Succeed(response!);
            else call.Fail(failure);
        }

        /// <summary>What becomes of a call whose handler has finished.</summary>
        /// <param name="end">The call.</param>
        /// <param name="early">What it was ended with before; null when nobody did.</param>
        /// <param name="response">The result; afterwards the caller's.</param>
        /// <param name="error">What the handler threw; null when it succeeded.</param>
        /// <returns>What the call fails with; null when it succeeds.</returns>
        private Exception? End(in CallEnd end, Exception? early, ref TResponse? response, Exception? error)
        {
            byte[]? headers = end.Context?.End();

            // Also when it is too late, or nobody waits: it logs what the handler did not expect.
            ErrorMessage? message = error is null or OperationCanceledException ? null : _method._errors.Describe(_method.Method, error, default);
            if (early is not null) return early;
            if (end.CancellationToken.IsCancellationRequested) return new OperationCanceledException(end.CancellationToken);
            if (end.Terms.Inherited.IsCancellationRequested) return new OperationCanceledException(end.Terms.Inherited);
            if (end.Deadline != long.MaxValue && end.Deadline <= Watchdog.BusyNow)
                return InProcessCall.CreateLate(_link, _method.Method.FullName, end.Terms.TimeoutMs);
            if (headers is not null)
            {
                if (_server.CheckReplyHeaders(_method.Method, ref headers) is { } problem) return problem.ToException();
                if (headers is not null && _link.Client.AcceptReplyHeaders(end.Terms.Scope, _method.Method.FullName, headers) is { } unread)
                    return unread;
            }

            if (error is OperationCanceledException) message = _method._errors.Describe(_method.Method, error, default); // Of its own accord.
            if (message is not null) return _link.Client.ReadError(_method.Method.FullName, end.Errors, message);
            return _copies ? CopyResponse(ref response) : null;
        }

        private bool TryCopy(in TRequest request, [NotNullWhen(true)] out TRequest copy)
        {
            try
            {
                copy = ValueCopy.Of(in request, _method._requests, _method._requests, _link.Client.Peer.MaxMessageSize, out int size);
                return size <= _link.Client.Peer.MaxMessageSize;
            }
            catch (Exception)
            {
                // Whatever is wrong with the arguments, the ordinary way finds it too, and says so.
                copy = default;
                return false;
            }
        }

        private Exception? CopyResponse(ref TResponse? response)
        {
            int limit = _server.Peer.MaxMessageSize;
            Exception? problem = null;
            try
            {
                response = ValueCopy.Of(in response!, _method._responses, _method._responses, limit, out int size);
                if (size > limit) ConnectionOutput.ThrowTooLarge(size, limit);
            }
            catch (Exception e)
            {
                problem = e;
            }

            return problem is null
                ? null
                : _link.Client.ReadError(_method.Method.FullName, errors: null, _server.NoteNotEncodable(_method.Method.FullName, problem));
        }

        private InProcessCall<TResponse> Rent()
        {
            if (Interlocked.Exchange(ref _free, null) is { } free) return free;
            lock (_moreFree)
            {
                if (_moreFree.TryPop(out InProcessCall<TResponse>? more)) return more;
            }

            InProcessCall<TResponse> call = new(_link, _method.Method.FullName);
            _link.Add(call);
            return call;
        }

        /// <summary>The call's handler completed at once: unless somebody ended it meanwhile, the object goes on to the next call.</summary>
        /// <returns>What it was ended with; null when nobody did.</returns>
        private Exception? Release(InProcessCall<TResponse> call)
        {
            if (!call.Finish(out Exception? early))
            {
                _link.Remove(call);
                return early;
            }

            if (Interlocked.CompareExchange(ref _free, call, null) is null) return null;
            lock (_moreFree) _moreFree.Push(call);
            return null;
        }

        /// <summary>The call counts as running until what it held is released: a server that stops waits for that too.</summary>
        private void Exit(IAsyncDisposable? lease)
        {
            if (lease is null) _link.Exit();
            else _ = ExitAsync(lease);
        }

        private async Task ExitAsync(IAsyncDisposable lease)
        {
            await _server.DisposeOfAsync(lease).ConfigureAwait(false);
            _link.Exit();
        }
    }

    /// <summary>What the end of a call depends on.</summary>
    private readonly record struct CallEnd(
        RpcContext? Context, long Deadline, CallTerms Terms, DeclaredErrors? Errors, CancellationToken CancellationToken);
}
