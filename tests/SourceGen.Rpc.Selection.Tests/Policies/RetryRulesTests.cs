using SourceGen.Rpc.Policies;

namespace SourceGen.Rpc.Selection.Tests.Policies;

public sealed class RetryRulesTests
{
    [Theory]
    [InlineData(RpcCallProgress.NotSent, RpcStatusCode.Unavailable, (int)RetryDecision.AtOnce)]
    [InlineData(RpcCallProgress.Refused, RpcStatusCode.Unavailable, (int)RetryDecision.AtOnce)]
    [InlineData(RpcCallProgress.NotSent, RpcStatusCode.ResourceExhausted, (int)RetryDecision.AfterBackoff)]
    [InlineData(RpcCallProgress.Refused, RpcStatusCode.ResourceExhausted, (int)RetryDecision.AfterBackoff)]
    [InlineData(RpcCallProgress.NotSent, RpcStatusCode.Unimplemented, (int)RetryDecision.No)]
    [InlineData(RpcCallProgress.NotSent, RpcStatusCode.DeadlineExceeded, (int)RetryDecision.No)]
    [InlineData(RpcCallProgress.Refused, RpcStatusCode.PermissionDenied, (int)RetryDecision.No)]
    public void C50_What_never_ran_is_repeated_whatever_the_method_does(RpcCallProgress progress, RpcStatusCode code, int expected)
    {
        foreach (bool isIdempotent in (bool[])[false, true])
            Assert.Equal((RetryDecision)expected, RetryRules.Decide(RpcCallPolicy.Default, Error(code, progress), isIdempotent));
    }

    [Fact]
    public void C50_What_may_have_run_is_repeated_only_if_the_method_is_idempotent()
    {
        RpcException lost = Error(RpcStatusCode.Unavailable, RpcCallProgress.Unknown);
        Assert.Equal(RetryDecision.AfterBackoff, RetryRules.Decide(RpcCallPolicy.Default, lost, isIdempotent: true));
        Assert.Equal(RetryDecision.No, RetryRules.Decide(RpcCallPolicy.Default, lost, isIdempotent: false));
    }

    [Fact]
    public void C51_Timeouts_of_an_attempt_are_repeated_only_if_the_method_is_idempotent()
    {
        RpcException late = Error(RpcStatusCode.DeadlineExceeded, RpcCallProgress.Unknown);
        RpcCallPolicy policy = new() { AttemptTimeout = TimeSpan.FromMilliseconds(5) };
        Assert.Equal(RetryDecision.AfterBackoff, RetryRules.Decide(policy, late, isIdempotent: true, isAttemptTimeout: true));
        Assert.Equal(RetryDecision.No, RetryRules.Decide(policy, late, isIdempotent: false, isAttemptTimeout: true));
        Assert.Equal(RetryDecision.No, RetryRules.Decide(policy, late, isIdempotent: true, isAttemptTimeout: false));
    }

    [Theory]
    [InlineData(RetryConditions.Unavailable, RpcCallProgress.NotSent, RpcStatusCode.Unavailable)]
    [InlineData(RetryConditions.Unavailable, RpcCallProgress.Refused, RpcStatusCode.Unavailable)]
    [InlineData(RetryConditions.Overload, RpcCallProgress.NotSent, RpcStatusCode.ResourceExhausted)]
    [InlineData(RetryConditions.Overload, RpcCallProgress.Refused, RpcStatusCode.ResourceExhausted)]
    [InlineData(RetryConditions.Lost, RpcCallProgress.Unknown, RpcStatusCode.Unavailable)]
    [InlineData(RetryConditions.Timeout, RpcCallProgress.Unknown, RpcStatusCode.DeadlineExceeded)]
    public void Each_condition_can_be_left_out(RetryConditions condition, RpcCallProgress progress, RpcStatusCode code)
    {
        RpcException error = Error(code, progress);
        Assert.NotEqual(RetryDecision.No, Decide(condition));
        Assert.Equal(RetryDecision.No, Decide(RetryConditions.All & ~condition));

        RetryDecision Decide(RetryConditions on) =>
            RetryRules.Decide(new RpcCallPolicy { RetryOn = on }, error, isIdempotent: true, isAttemptTimeout: true);
    }

    [Fact]
    public void An_answer_is_an_answer_unless_the_policy_names_its_code()
    {
        RpcException aborted = Error(RpcStatusCode.Aborted, RpcCallProgress.Answered);
        RpcException unavailable = Error(RpcStatusCode.Unavailable, RpcCallProgress.Answered);
        RpcCallPolicy policy = new() { RetryCodes = [RpcStatusCode.Aborted, RpcStatusCode.Unauthenticated] };
        Assert.Equal(RetryDecision.No, RetryRules.Decide(RpcCallPolicy.Default, aborted, isIdempotent: true));
        Assert.Equal(RetryDecision.AfterBackoff, RetryRules.Decide(policy, aborted, isIdempotent: true));
        Assert.Equal(RetryDecision.No, RetryRules.Decide(policy, aborted, isIdempotent: false));
        Assert.Equal(RetryDecision.No, RetryRules.Decide(policy, unavailable, isIdempotent: true));
        Assert.Equal(RetryDecision.No, RetryRules.Decide(policy, Error((RpcStatusCode)99, RpcCallProgress.Answered), isIdempotent: true));
    }

    [Fact]
    public void A_stream_that_was_sent_is_not_sent_again()
    {
        foreach (RpcCallProgress progress in (RpcCallProgress[])[RpcCallProgress.Refused, RpcCallProgress.Unknown, RpcCallProgress.Answered])
        {
            RpcException error = Error(RpcStatusCode.Unavailable, progress);
            RpcCallPolicy policy = new() { RetryCodes = [RpcStatusCode.Unavailable] };
            Assert.Equal(RetryDecision.No, RetryRules.Decide(policy, error, isIdempotent: true, hasUpload: true));
        }

        RpcException unsent = Error(RpcStatusCode.Unavailable, RpcCallProgress.NotSent);
        Assert.Equal(RetryDecision.AtOnce, RetryRules.Decide(RpcCallPolicy.Default, unsent, isIdempotent: false, hasUpload: true));
    }

    [Fact]
    public void In_the_background_a_call_whose_time_has_passed_is_repeated_too()
    {
        Assert.True(Repeats(RpcStatusCode.DeadlineExceeded, RpcCallProgress.NotSent));
        Assert.True(Repeats(RpcStatusCode.DeadlineExceeded, RpcCallProgress.Unknown));
        Assert.True(Repeats(RpcStatusCode.Unavailable, RpcCallProgress.Unknown));
        Assert.True(Repeats(RpcStatusCode.ResourceExhausted, RpcCallProgress.Refused));
        Assert.False(Repeats(RpcStatusCode.InvalidArgument, RpcCallProgress.Answered));
        Assert.False(Repeats(RpcStatusCode.DeadlineExceeded, RpcCallProgress.Answered));

        static bool Repeats(RpcStatusCode code, RpcCallProgress progress) =>
            RetryRules.RepeatsInBackground(RpcCallPolicy.Failback, Error(code, progress), isIdempotent: true);
    }

    private static RpcException Error(RpcStatusCode code, RpcCallProgress progress) => new(code, "no") { Progress = progress };
}
